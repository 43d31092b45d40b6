import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { DevicePlace } from './device.ts';
import type { DeviceOptions, Profile } from './profiles/profile.ts';
import { writeSeed } from './seed.ts';

/** What the device finds on its disk, as a folder of this computer. */
export const writeDeviceFiles = (
  profile: Profile,
  place: DevicePlace,
  options: DeviceOptions,
  password: string,
): void => {
  fs.mkdirSync(path.join(place.folder, 'disk'), { recursive: true });
  const identity = {
    hostName: place.hostName,
    address: place.address,
    hostKeyFolder: path.join(place.folder, 'host-keys'),
    authorizedKey: fs.readFileSync(`${place.keyFile}.pub`, 'utf8').trim(),
    password,
    passwordHash: password ? hashPassword(password) : '*',
  };
  writeSeed(path.join(place.folder, 'seed'), profile.seed(identity, options));
};

/** How device.sh is told to assemble the disk. */
export const diskSettings = (
  profile: Profile,
  place: DevicePlace,
  options: DeviceOptions,
): Record<string, string> => ({
  LAB_FOLDER: place.folder,
  LAB_LOWER: profile.base(place.roots, options),
  LAB_HOST_NAME: place.hostName,
  LAB_ROOT_READ_ONLY: profile.isReadOnly ? '1' : '',
  LAB_READ_ONLY: [...profile.readOnly, ...(options.readOnly ?? [])].join(' '),
  LAB_HIDDEN: profile.hidden(options).join(' '),
  LAB_MASKED: profile.masked(options).join(' '),
  LAB_STORES: profile.stores.join(' '),
  LAB_DOCKER_FOLDER: dockerFolderKind(profile, options),
  LAB_KEEPS_DISK: options.canReboot ? '1' : '',
});

const dockerFolderKind = (profile: Profile, options: DeviceOptions): string => {
  if (!profile.hasDockerFolder(options)) return 'absent';
  return options.dockerFolder === 'full' ? 'small' : 'state';
};

const hashPassword = (password: string): string =>
  execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password, encoding: 'utf8' }).trim();
