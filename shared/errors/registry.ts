/** Errors of the registry as the app sees it (its own HTTP errors are the OCI codes). */
export const registryErrors = {
  PORT_IN_USE: {
    title: 'Port {port} is taken by {holder}',
    cause: 'Another program listens there.',
    next: 'Use port {proposal}, or stop {holder}.',
  },
  PORT_FORBIDDEN: {
    title: 'Port {port} may not be opened by this user',
    cause: 'Ports below 1024 are reserved on this system.',
    next: 'Choose a port from 1024 up, for example 5000.',
  },
  LISTEN_ADDRESS: {
    title: '{listen} is not an address of this computer',
    cause: 'The registry can only listen on an address this computer has.',
    next: 'Choose one of {choices}, or leave it at all interfaces.',
  },
  STORAGE_UNWRITABLE: {
    title: 'The storage folder {folder} cannot be written',
    cause: '{problem}',
    next: 'Give this user the folder, free some space, or choose another data folder.',
  },
  CERTIFICATE_MISSING: {
    title: 'The registry has no server certificate',
    cause: 'The certificate or its key is missing or unreadable.',
    next: 'Renew the certificate on the Certificates page, or run `mooring cert renew`.',
  },
  REGISTRY_DOWN: {
    title: 'The registry is not running',
    cause: 'It was stopped, or it failed to start.',
    next: 'Start it on Home, or run `mooring registry start`.',
  },
  REGISTRY_CRASHED: {
    title: 'The registry engine ended unexpectedly',
    cause: '{problem}',
    next: 'It is started again by itself; open Logs if it keeps happening.',
  },
  STORAGE_FULL: {
    title: 'The registry is full: pushes are refused, pulls go on',
    cause: '{problem}',
    next: 'Free space on the Storage page or with `mooring registry gc`, or raise the quota; uploads that were cut off go on from where they were.',
  },
  STORE_BUSY: {
    title: 'The store is busy with: {title}',
    cause: 'One garbage collection or verification runs at a time.',
    next: 'Wait until it has ended, or cancel it.',
  },
  STORE_WORK_FAILED: {
    title: 'The work on the store stopped half-way',
    cause: '{problem}',
    next: 'Nothing that is in use was touched. Look at the Logs page, then start it again.',
  },
  BLOBS_BROKEN: {
    title: '{count} damaged blobs were taken out of service',
    cause: 'Their bytes on the disk are not what was pushed; disks and power cuts do that.',
    next: 'Push the images of the repositories named in the result again, and check the disk.',
  },
} as const;
