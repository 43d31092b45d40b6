import type { AppStatus } from '#shared/model/app.ts';
import type { Device } from '#shared/model/devices.ts';
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
  devices: { list(): Device[]; onChange: Subscribe };
  jobs: { running(): JobSummary[]; onChange: Subscribe };
}

const countDevices = (devices: readonly Device[]): AppStatus['devices'] => {
  const having = (state: Device['trust']['state']): number =>
    devices.filter((device) => device.trust.state === state).length;
  return {
    total: devices.length,
    proven: having('proven'),
    unproven: having('unproven'),
    drifted: having('drifted'),
    failed: having('failed'),
    untrusted: having('none'),
  };
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
        devices: countDevices(needs.devices.list()),
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
