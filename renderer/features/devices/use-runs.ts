import { modals } from '@mantine/modals';
import { goTo, links } from '../../app/route.ts';
import { viewError } from '../../error-view.ts';
import { useClient, useStores } from '../../stores.tsx';
import { showError } from '../../ui/toast.ts';

export type RunKind = 'plan' | 'push' | 'verify' | 'undo';

/** Starts a run on devices; the answer is the id of its job, or null when it could not start. */
export const useRuns = () => {
  const client = useClient();
  const begin = (kind: RunKind, ids: string[], replace: string[]) => {
    const selection = { devices: ids };
    switch (kind) {
      case 'plan':
        return client.trust.plan(selection);
      case 'verify':
        return client.trust.verify(selection);
      case 'undo':
        return client.trust.undo({ selection });
      case 'push':
        return client.trust.push({ selection, isDryRun: false, replace });
    }
  };
  const start = async (kind: RunKind, ids: string[], replace: string[] = []): Promise<string | null> => {
    try {
      const { jobId } = await begin(kind, ids, replace);
      return jobId;
    } catch (failure) {
      showError(viewError(failure));
      return null;
    }
  };
  /** The same, then shows the run. */
  const startAndShow = async (kind: RunKind, ids: string[]): Promise<void> => {
    const jobId = await start(kind, ids);
    if (jobId) goTo(links.run(jobId));
  };
  return { start, startAndShow };
};

interface Question {
  title: string;
  text: string;
  verb: string;
}

/** Asks before something that takes away. */
export const confirm = ({ title, text, verb }: Question, onConfirm: () => void): void => {
  modals.openConfirmModal({
    title,
    children: text,
    labels: { confirm: verb, cancel: 'Cancel' },
    cancelProps: { 'data-autofocus': true },
    confirmProps: { color: 'red' },
    onConfirm,
  });
};

/** Removes devices from the list after asking. */
export const useRemoval = () => {
  const { devices } = useStores();
  return (names: string[], ids: string[], onDone: () => void = () => undefined): void => {
    const what = names.length === 1 ? (names[0] ?? '') : `${names.length} devices`;
    confirm(
      {
        title: `Remove ${what}`,
        text: 'It leaves the list and its login is forgotten. Trust that was pushed stays on the device: undo it first if you want it gone.',
        verb: 'Remove',
      },
      () => {
        devices.remove(ids).then(onDone, (failure: unknown) => showError(viewError(failure)));
      },
    );
  };
};
