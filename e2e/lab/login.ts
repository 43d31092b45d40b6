import fs from 'node:fs';
import path from 'node:path';
import type { Device } from './device.ts';

/** What `mooring devices add` is told of a lab device; its sudo password, if any, comes to lie in `folder`. */
export const addWords = (device: Device, folder: string): string[] => {
  const sudo = path.join(folder, `${device.name}.sudo`);
  fs.writeFileSync(sudo, device.password);
  const login = ['--user', device.user, '--port', String(device.port), '--key', device.keyFile];
  const password = device.password ? ['--sudo-password-file', sudo] : [];
  return [
    'devices',
    'add',
    device.address,
    '--name',
    device.name,
    ...login,
    ...password,
    '--accept-new-host-key',
  ];
};
