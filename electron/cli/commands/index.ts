import { appCommands } from './app.ts';
import { callCommands } from './call.ts';
import { demoCommands } from './demo.ts';
import { deviceGroupCommands } from './device-groups.ts';
import { deviceHostKeyCommands } from './device-host-keys.ts';
import { deviceImportCommands } from './device-import.ts';
import { deviceCommands } from './devices.ts';
import { jobCommands } from './jobs.ts';
import { registryCommands } from './registry.ts';
import { storageCommands } from './storage.ts';
import { trustCommands } from './trust.ts';
import { hostCommands } from './up.ts';

/** Every command, in the order of the help. */
export const commands = [
  ...hostCommands,
  ...appCommands,
  ...registryCommands,
  ...storageCommands,
  ...deviceCommands,
  ...deviceImportCommands,
  ...deviceHostKeyCommands,
  ...deviceGroupCommands,
  ...trustCommands,
  ...jobCommands,
  ...demoCommands,
  ...callCommands,
];
