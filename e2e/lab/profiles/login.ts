import type { Seed } from '../seed.ts';
import type { DeviceOptions } from './options.ts';

const slowKeys = '/usr/libexec/lab/slow-keys';
const bannerFile = '/etc/issue.net';

/** Lines of sshd's settings that the options ask for. */
export const loginLines = ({ banner, slowLoginSeconds, passwordBy }: DeviceOptions): string[] => [
  ...(banner === undefined ? [] : [`Banner ${bannerFile}`, 'PrintMotd yes']),
  ...(slowLoginSeconds === undefined
    ? []
    : [`AuthorizedKeysCommand ${slowKeys} %u`, 'AuthorizedKeysCommandUser root', 'AuthorizedKeysFile none']),
  ...(passwordBy === 'keyboard-interactive'
    ? ['UsePAM yes', 'KbdInteractiveAuthentication yes', 'PasswordAuthentication no']
    : []),
];

/** Files that go with them. */
export const loginSeed = ({ banner, slowLoginSeconds, passwordBy, bashrc }: DeviceOptions): Seed => ({
  ...(banner === undefined ? {} : { [bannerFile]: { text: banner }, '/etc/motd': { text: banner } }),
  ...(slowLoginSeconds === undefined
    ? {}
    : {
        [slowKeys]: {
          text: `#!/bin/sh\n: >/run/asked\nsleep ${slowLoginSeconds}\ncat /etc/ssh/authorized_keys/$1\n`,
          mode: 0o755,
        },
      }),
  ...(passwordBy === 'keyboard-interactive'
    ? { '/etc/pam.d/sshd': { text: 'auth required pam_unix.so\naccount required pam_unix.so\n' } }
    : {}),
  // Homes are empty file systems: boot copies this there.
  '/usr/libexec/lab/home': { folder: true },
  ...(bashrc ? { '/usr/libexec/lab/home/.bashrc': { text: `${bashrc.join('\n')}\n` } } : {}),
});
