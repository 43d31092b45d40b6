import type { RunOptions } from '#shared/model/jobs.ts';
import type { DeviceSelection, PushOptions } from '#shared/model/trust.ts';
import { goTo, links } from '../../app/route.ts';
import { viewError } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { useClient, useStores } from '../../stores.tsx';
import { confirm } from '../../ui/confirm.tsx';
import { showError } from '../../ui/toast.ts';

export type RunKind = 'plan' | 'push' | 'verify' | 'undo';

/** What was chosen for a run; what is left out is the careful choice of the service. */
export interface RunChoice {
  options?: Partial<PushOptions>;
  run?: RunOptions;
}

/** Starts a run on devices; the answer is the id of its job, or null when it could not start. */
export const useRuns = () => {
  const client = useClient();
  const begin = (kind: RunKind, selection: DeviceSelection, { options = {}, run = {} }: RunChoice) => {
    switch (kind) {
      case 'plan':
        return client.trust.plan({ selection, options, run });
      case 'verify':
        return client.trust.verify({ selection, run });
      case 'undo':
        return client.trust.undo({ selection, options, run });
      case 'push':
        return client.trust.push({ selection, options, run });
    }
  };
  const start = async (
    kind: RunKind,
    selection: DeviceSelection,
    choice: RunChoice = {},
  ): Promise<string | null> => {
    try {
      const { jobId } = await begin(kind, selection, choice);
      return jobId;
    } catch (failure) {
      showError(viewError(failure));
      return null;
    }
  };
  /** The same, then shows the run. */
  const startAndShow = async (
    kind: RunKind,
    selection: DeviceSelection,
    choice: RunChoice = {},
  ): Promise<boolean> => {
    const jobId = await start(kind, selection, choice);
    if (jobId) goTo(links.run(jobId));
    return jobId !== null;
  };
  return { start, startAndShow };
};

/** `gate-1`, or `12 devices`. */
export const nameOrCount = (names: string[], count: number): string =>
  count === 1 && names[0] !== undefined ? names[0] : plural(count, 'device');

/** Removes devices from the list after asking. */
export const useRemoval = () => {
  const { devices } = useStores();
  return (what: string, selection: DeviceSelection, onDone: () => void = () => undefined): void => {
    confirm(
      {
        title: `Remove ${what}`,
        text: 'It leaves the list and its login is forgotten. Trust that was pushed stays on the device: undo it first if you want it gone.',
        verb: 'Remove',
      },
      () => {
        devices.remove(selection).then(onDone, (failure: unknown) => showError(viewError(failure)));
      },
    );
  };
};
