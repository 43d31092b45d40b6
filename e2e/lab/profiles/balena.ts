import { busyboxWithout } from '../minimal-root.ts';
import type { Seed } from '../seed.ts';
import { loginSeed } from './login.ts';
import {
  avahiConfig,
  avahiService,
  commonSeed,
  engineCommand,
  type Profile,
  shiftedDate,
  rootByKey,
  sshdConfig,
  text,
} from './profile.ts';

const port = 22222;
const socket = '/run/balena-engine.sock';

/** balenaOS in production: root by key, BusyBox, read-only root with a writable /etc/docker, no SFTP, sudo, bash or Python. */
export const balena: Profile = {
  port,
  user: 'root',
  isReadOnly: true,
  readOnly: [],
  client: 'balena-engine',
  engine: { program: 'balenad', sign: 'API listen on' },
  stores: ['/var/lib/docker'],
  hasPassword: false,
  hasDockerFolder: () => true,
  daemons: (options) => ['sshd', 'avahi', ...(options.engine === false ? [] : (['engine'] as const))],
  base: (roots) => roots.balena(),
  masked: () => [],
  hidden: (options) => [
    ...(options.engine === false ? ['/usr/bin/balena', '/usr/bin/balena-engine', '/usr/bin/balenad'] : []),
    ...(options.without ?? []).map((name) => `/usr/bin/${name}`),
  ],
  seed(identity, options) {
    const seed: Seed = {
      ...commonSeed('root', identity),
      ...loginSeed(options),
      '/etc/passwd': text(
        'root:x:0:0:root:/home/root:/bin/sh',
        'sshd:x:100:65534::/run/sshd:/bin/false',
        'avahi:x:101:101::/run/avahi-daemon:/bin/false',
      ),
      '/etc/shadow': { ...text('root:*:19000:0:99999:7:::', 'sshd:*:19000::::::'), mode: 0o600 },
      '/etc/group': text('root:x:0:', 'nogroup:x:65534:', 'avahi:x:101:'),
      '/etc/nsswitch.conf': text('passwd: files', 'group: files', 'hosts: files dns mdns4 [NOTFOUND=return]'),
      '/etc/mdns.allow': text('.local.', '.local'),
      '/etc/os-release': text(
        'ID="balena-os"',
        'NAME="balenaOS"',
        'VERSION="6.1.24"',
        'VERSION_ID="6.1.24"',
        'PRETTY_NAME="balenaOS 6.1.24"',
        'SLUG="genericx86-64-ext"',
        'MACHINE="genericx86-64-ext"',
      ),
      '/etc/balena': { link: 'docker' },
      '/etc/balena-engine': { link: 'docker' },
      '/etc/ssh/sshd_config': sshdConfig(port, options, ...rootByKey),
      '/etc/avahi/avahi-daemon.conf': avahiConfig(identity.hostName, false, options),
      '/etc/avahi/services/ssh.service': avahiService(
        identity.hostName,
        port,
        '_resin-device._sub._ssh._tcp',
      ),
      '/usr/libexec/lab/prepare': text('ln -s balena-engine.sock /run/balena.sock'),
    };
    if (options.engine !== false)
      seed['/usr/libexec/lab/engine'] = engineCommand('/usr/bin/balenad', socket, options);
    const without = [
      ...(options.without ?? []),
      ...(options.clockOffsetSeconds === undefined ? [] : ['date']),
    ];
    if (without.length > 0) seed['/usr/bin/busybox'] = { bytes: busyboxWithout(without), mode: 0o755 };
    if (options.clockOffsetSeconds !== undefined) {
      seed['/usr/bin/date'] = shiftedDate('busybox datE', options.clockOffsetSeconds);
    }
    return seed;
  },
};
