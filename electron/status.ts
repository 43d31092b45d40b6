import type { AppStatus } from '#shared/model/app.ts';
import type { DevicePage } from '#shared/model/fleet.ts';
import type { JobSummary } from '#shared/model/jobs.ts';
import type { NamesState } from '#shared/model/names.ts';
import type { PkiState } from '#shared/model/pki.ts';
import type { RegistryStatus } from '#shared/model/registry.ts';

type Subscribe = (listener: () => void) => () => void;

/** The parts the status is put together from. */
export interface StatusNeeds {
  setup: { isSetUp(): boolean };
  registry: { status(): RegistryStatus; onChange: Subscribe };
  names: { state(): NamesState; onChange: Subscribe };
  pki: { state(): Promise<PkiState>; onChange: Subscribe };
  devices: { counts(): DevicePage['counts']; onChange: Subscribe };
  jobs: { running(): JobSummary[]; onChange: Subscribe };
}

const countDevices = (counts: DevicePage['counts']): AppStatus['devices'] => {
  const { none, ...others } = counts;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { total, ...others, untrusted: none };
};

/** One picture of the app: what the status bar and Home show, and when it changes. */
export const createStatus = (needs: StatusNeeds) => {
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const stops = [needs.registry, needs.names, needs.pki, needs.devices, needs.jobs].map((part) =>
    part.onChange(changed),
  );

  return {
    async now(): Promise<AppStatus> {
      return {
        isSetUp: needs.setup.isSetUp(),
        registry: needs.registry.status(),
        names: needs.names.state(),
        certificate: (await needs.pki.state()).health,
        devices: countDevices(needs.devices.counts()),
        jobs: needs.jobs.running(),
      };
    },
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const stop of stops) stop();
    },
  };
};
