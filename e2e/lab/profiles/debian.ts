import fs from 'node:fs';
import type { Seed } from '../seed.ts';
import {
  avahiConfig,
  avahiService,
  commonSeed,
  engineCommand,
  type Profile,
  shiftedDate,
  sshdConfig,
  text,
} from './profile.ts';

const port = 22;
const user = 'admin';
const socket = '/var/run/docker.sock';

const engines = [
  'docker',
  'dockerd',
  'containerd',
  'ctr',
  'runc',
  'podman',
  'skopeo',
  'buildah',
  'docker-registry',
];
const kept = ['docker', 'dockerd', 'containerd', 'runc'];
const places = ['/usr/bin', '/usr/sbin'];

/** Debian as this computer has it, without what was added by hand: a user whose password also opens sudo, and dockerd. */
export const debian: Profile = {
  port,
  user,
  isReadOnly: false,
  client: 'docker',
  socket,
  hasPassword: true,
  base: () => '/',
  masked() {
    const system = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'usr', 'etc', 'var'];
    const mounted = ['proc', 'sys', 'dev', 'run', 'tmp'];
    const others = fs
      .readdirSync('/', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && ![...system, ...mounted].includes(entry.name))
      .map((entry) => `/${entry.name}`);
    return [
      ...others,
      '/usr/local',
      '/var/lib',
      '/var/cache',
      '/var/backups',
      '/var/mail',
      '/var/spool',
    ].filter((folder) => fs.existsSync(folder));
  },
  hidden: (options) => [
    '/etc/docker',
    '/etc/containers',
    '/etc/sudoers.d',
    ...engines
      .filter((name) => options.engine === false || !kept.includes(name))
      .flatMap((name) => places.map((place) => `${place}/${name}`)),
  ],
  seed(identity, options) {
    const seed: Seed = {
      ...commonSeed(user, identity),
      '/etc/passwd': text(...systemAccounts('/etc/passwd'), `${user}:x:1000:1000::/home/${user}:/bin/bash`),
      '/etc/group': text(...systemAccounts('/etc/group'), `${user}:x:1000:`),
      '/etc/shadow': {
        ...text('root:*:19000:0:99999:7:::', `${user}:${identity.passwordHash}:19000:0:99999:7:::`),
        mode: 0o600,
      },
      '/etc/nsswitch.conf': text(
        'passwd: files',
        'group: files',
        'shadow: files',
        'hosts: files mdns4_minimal [NOTFOUND=return] dns',
      ),
      '/etc/machine-id': text(
        identity.hostName
          .replace(/[^0-9a-f]/g, '')
          .padEnd(32, '0')
          .slice(0, 32),
      ),
      '/etc/sudoers': {
        ...text('Defaults env_reset', options.sudoers ?? `${user} ALL=(ALL:ALL) ALL`),
        mode: 0o440,
      },
      '/etc/ssh/sshd_config': sshdConfig(
        port,
        'PermitRootLogin no',
        'Subsystem sftp /usr/lib/openssh/sftp-server',
      ),
      '/etc/avahi/avahi-daemon.conf': avahiConfig(identity.hostName, true),
      '/etc/avahi/services/ssh.service': avahiService(identity.hostName, port),
      '/usr/libexec/lab/prepare': text(
        'chmod 0700 /root',
        `mkdir -p /home/${user} /var/lib/dbus`,
        `chown ${user}:${user} /home/${user}`,
      ),
    };
    if (options.engine !== false)
      seed['/usr/libexec/lab/engine'] = engineCommand('/usr/sbin/dockerd', socket);
    if (options.clockOffsetSeconds !== undefined) {
      seed['/usr/libexec/lab/real-date'] = { source: '/usr/bin/date' };
      seed['/usr/bin/date'] = shiftedDate('/usr/libexec/lab/real-date', options.clockOffsetSeconds);
    }
    return seed;
  },
};

/** Accounts below 1000 and nobody; those of people stay at home. */
const systemAccounts = (file: string): string[] =>
  fs
    .readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => {
      const id = Number(line.split(':')[2]);
      return id < 1000 || id === 65534;
    });
