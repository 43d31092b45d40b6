import fs from 'node:fs';
import type { Seed } from '../seed.ts';
import { loginSeed } from './login.ts';
import {
  avahiConfig,
  avahiService,
  commonSeed,
  type DeviceOptions,
  type Identity,
  type Profile,
  shiftedDate,
  sshdConfig,
  text,
} from './profile.ts';

const port = 22;

const engines = ['docker', 'dockerd', 'containerd', 'ctr', 'podman', 'skopeo', 'buildah', 'docker-registry'];
const places = ['/usr/bin', '/usr/sbin'];
const inPlaces = (names: string[]) => names.flatMap((name) => places.map((place) => `${place}/${name}`));

/** What devices have in common that see the programs of this computer. */
export const onDebian: Pick<Profile, 'port' | 'isReadOnly' | 'readOnly' | 'hasPassword' | 'base' | 'masked'> =
  {
    port,
    isReadOnly: false,
    readOnly: [],
    hasPassword: true,
    base: () => '/',
    /** What was added by hand, and what daemons of this computer keep. */
    masked() {
      const system = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'usr', 'etc', 'var'];
      const mounted = ['proc', 'sys', 'dev', 'run', 'tmp'];
      const others = fs
        .readdirSync('/', { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && ![...system, ...mounted].includes(entry.name))
        .map((entry) => `/${entry.name}`);
      const emptied = ['/usr/local', '/var/lib', '/var/cache', '/var/backups', '/var/mail', '/var/spool'];
      return [...others, ...emptied].filter((folder) => fs.existsSync(folder));
    },
  };

/** Programs that are not there: engines but `kept`, and what the options leave out. */
export const hiddenOnDebian = (kept: string[], options: DeviceOptions): string[] => [
  '/etc/sudoers.d',
  ...inPlaces(engines.filter((name) => options.engine === false || !kept.includes(name))),
  ...inPlaces(options.without ?? []),
];

/** A person's account whose password opens sudo, sshd and avahi. */
export const debianSeed = (user: string, home: string, identity: Identity, options: DeviceOptions): Seed => ({
  ...commonSeed(user, identity),
  ...loginSeed(options),
  '/etc/passwd': text(
    ...systemAccounts('/etc/passwd'),
    `${user}:x:1000:1000::${home}:${options.shell ?? '/bin/bash'}`,
  ),
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
  '/etc/machine-id': text(machineId(identity.hostName)),
  '/etc/sudoers': {
    ...text('Defaults env_reset', options.sudoers ?? `${user} ALL=(ALL:ALL) ALL`),
    mode: 0o440,
  },
  '/etc/ssh/sshd_config': sshdConfig(
    port,
    options,
    'PermitRootLogin no',
    'Subsystem sftp /usr/lib/openssh/sftp-server',
  ),
  '/etc/avahi/avahi-daemon.conf': avahiConfig(identity.hostName, true, options),
  ...(options.announcesSsh === false
    ? {}
    : { '/etc/avahi/services/ssh.service': avahiService(identity.hostName, port) }),
  '/usr/libexec/lab/prepare': text(
    'chmod 0700 /root',
    `mkdir -p ${home} /var/lib/dbus`,
    `cp -r /usr/libexec/lab/home/. ${home}`,
    `chown -R ${user}:${user} ${home}`,
  ),
  ...clockSeed(options),
});

const clockSeed = ({ clockOffsetSeconds }: DeviceOptions): Seed =>
  clockOffsetSeconds === undefined
    ? {}
    : {
        '/usr/libexec/lab/real-date': { source: '/usr/bin/date' },
        '/usr/bin/date': shiftedDate('/usr/libexec/lab/real-date', clockOffsetSeconds),
      };

const machineId = (hostName: string): string =>
  hostName
    .replace(/[^0-9a-f]/g, '')
    .padEnd(32, '0')
    .slice(0, 32);

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
