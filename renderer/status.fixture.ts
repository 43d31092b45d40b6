import type { AppStatus } from '#shared/model/app.ts';

/** The status of an app that serves, without devices; each part may be told otherwise. */
export const aStatus = (
  parts: { [Key in 'registry' | 'names' | 'devices']?: Partial<AppStatus[Key]> } & {
    certificate?: AppStatus['certificate'];
  } = {},
): AppStatus => ({
  isSetUp: true,
  registry: {
    state: 'serving',
    since: '2026-11-21T10:00:00Z',
    url: '',
    port: 5000,
    listen: '::',
    pull: 'anyone',
    pid: 1,
    restarts: 0,
    error: null,
    usedBytes: null,
    freeBytes: null,
    ...parts.registry,
  },
  names: {
    names: [{ name: 'registry.local', state: 'announced', holder: null, error: null }],
    addresses: ['10.0.0.1'],
    port: 5000,
    references: ['registry.local:5000'],
    ...parts.names,
  },
  certificate: parts.certificate ?? { state: 'valid', daysLeft: 391 },
  devices: {
    total: 0,
    proven: 0,
    unproven: 0,
    outdated: 0,
    drifted: 0,
    failed: 0,
    untrusted: 0,
    ...parts.devices,
  },
  jobs: [],
});
