import { goTo, links } from '../../app/route.ts';
import { viewError } from '../../error-view.ts';
import { useClient } from '../../stores.tsx';
import { showError } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';

/** Runs the failed part of a job again, all of it or one cause, and shows the new run. */
export const useRetry = (id: string) => {
  const client = useClient();
  const { isBusy, run } = useAction();
  const retry = (code?: string) =>
    run(async () => {
      try {
        const { jobId } = await client.jobs.retry(code === undefined ? { id } : { id, code });
        goTo(links.run(jobId));
      } catch (error) {
        showError(viewError(error));
      }
    });
  return { isBusy, retry };
};
