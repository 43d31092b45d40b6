/** Errors of the app itself: input, data folder, hosts, jobs. */
export const appErrors = {
  INTERNAL: {
    title: 'Something unexpected happened (reference {reference})',
    cause: 'This is a defect in Mooring or a state it does not know yet.',
    next: 'Open Logs, search for the reference {reference}, and report what you find there.',
  },
  BAD_INPUT: {
    title: '{field}: {problem}',
    cause: 'The value given is not one Mooring can use.',
    next: 'Correct {field} and try again.',
  },
  NOT_FOUND: {
    title: 'There is no {kind} "{id}"',
    cause: 'It was removed, or the name is misspelt.',
    next: 'List what there is and choose one of those.',
  },
  NOT_SET_UP: {
    title: 'This data folder has no registry yet',
    cause: 'The first run has not been completed.',
    next: 'Run `mooring up`, or open the app and follow the three steps.',
  },
  ALREADY_SET_UP: {
    title: 'This data folder already has a registry',
    cause: 'The first run was completed before.',
    next: 'Change names, addresses or port on the Certificates page instead.',
  },
  FOLDER_HELD: {
    title: 'The data folder {dataDir} is in use by Mooring (process {pid})',
    cause: 'Another Mooring works on this folder and did not answer.',
    next: 'Wait until it has finished, stop it with `mooring stop`, or choose another folder with --data.',
  },
  FOLDER_BUSY: {
    title: 'Mooring already works on {dataDir} ({host}, process {pid})',
    cause: 'One data folder is for one Mooring at a time.',
    next: 'Use the running one (`mooring open`), take its place with --take-over, or choose another folder with --data.',
  },
  PAGE_PORT_UNUSABLE: {
    title: 'The page cannot be served on port {port} of 127.0.0.1: {problem}',
    cause: 'Another program listens there, or this user may not open it.',
    next: 'Choose another one with --port, or leave the flag out to get a free one.',
  },
  FOLDER_UNUSABLE: {
    title: 'The data folder {dataDir} cannot be used: {problem}',
    cause: 'The folder cannot be created or written by this user.',
    next: 'Give this user the folder, or choose another one with --data.',
  },
  HOME_DISK_FULL: {
    title: 'The disk that holds the data folder is full',
    cause: 'Nothing more can be written where the data folder lies.',
    next: 'Make room on that disk, then try again; what was stored before is still there.',
  },
  FOLDER_NEWER: {
    title: 'The data folder was written by a newer Mooring',
    cause: 'Its database has version {found}; this Mooring knows up to {known}.',
    next: 'Install the newer Mooring, or choose another folder with --data.',
  },
  KEY_LOCKED: {
    title: 'The keys of this folder are locked to the desktop app',
    cause: 'The data key is protected by the system keychain, which only the desktop app can open.',
    next: 'Start the Mooring desktop app; this command then talks to it.',
  },
  KEY_BROKEN: {
    title: 'A stored secret cannot be decrypted',
    cause: 'The data key of this folder was replaced, or the stored value was changed.',
    next: 'Restore data.key from a backup, or enter the secret again.',
  },
  KEY_MISSING: {
    title: 'The data key of {dataDir} is missing',
    cause: 'data.key was removed, but the folder holds secrets that only it can open.',
    next: 'Restore data.key from a backup, or choose a new folder with --data and set up again.',
  },
  NOT_RUNNING: {
    title: 'No Mooring is running on this data folder',
    cause: 'Nothing holds {dataDir}.',
    next: 'Start it with `mooring up`, `mooring serve` or `npm start`.',
  },
  CANCELLED: {
    title: 'Cancelled',
    cause: 'Someone cancelled this before it was done.',
    next: 'Start it again when you want to.',
  },
  JOB_NOT_PAUSABLE: {
    title: '"{title}" cannot be paused',
    cause: 'It does not run, or it is work that is done as a whole.',
    next: 'Look at how it stands; cancel it if it must not go on.',
  },
  JOB_NOT_RESUMABLE: {
    title: '"{title}" cannot be resumed',
    cause: 'Only what was paused or interrupted goes on.',
    next: 'Look at how it stands; retry what failed, or start it again.',
  },
  NOTHING_TO_RETRY: {
    title: 'There is nothing to retry in "{title}"',
    cause:
      'Nothing of it failed, was cancelled or left out, or it is work that is not done device by device.',
    next: 'Look at its devices; start a new run for others.',
  },
  INTERRUPTED: {
    title: 'Interrupted because Mooring ended',
    cause: 'The app stopped while this was running.',
    next: 'Resume it, or start it again; what was already done is found and kept.',
  },
} as const;
