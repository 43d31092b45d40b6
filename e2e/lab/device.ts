import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type Ended, type RunOptions, spawnInside } from './inside.ts';
import { findEngine } from './engine.ts';
import { type HostKey, keyTypes, makeHostKeys, readHostKeys } from './host-keys.ts';
import { ip, type Machine, startMachine } from './machine.ts';
import { waitUntil } from './wait.ts';
import { balena } from './profiles/balena.ts';
import { debian } from './profiles/debian.ts';
import type { DeviceOptions, Profile } from './profiles/profile.ts';
import { writeSeed } from './seed.ts';

export const profiles = { balena, debian } satisfies Record<string, Profile>;
export type ProfileName = keyof typeof profiles;

export interface Device {
  name: string;
  /** As its avahi announces it. */
  hostName: string;
  address: string;
  profile: ProfileName;
  port: number;
  user: string;
  /** Private key that opens it. */
  keyFile: string;
  /** Empty: it takes no password. The same one opens sudo. */
  password: string;
  hostKeys(): HostKey[];
  /** A command on the device as its root, past SSH; a string goes to its `sh`. */
  exec(command: string | string[], options?: RunOptions): Promise<Ended>;
  /** The engine's client on the device. */
  engine(...args: string[]): Promise<Ended>;
  /** Number of the engine's daemon on this computer, null when there is none. */
  enginePid(): number | null;
  /** Log of `sshd`, `avahi` or `engine`. */
  log(daemon: 'sshd' | 'avahi' | 'engine'): string;
  /** New host keys, as after a reflash; sshd is started again with them. */
  changeHostKeys(): Promise<void>;
  /** All at once, as when the plug is pulled. */
  powerOff(): Promise<void>;
  machine: Machine;
}

export interface DevicePlace {
  /** `name` and `hostName` are the same word, unique in all runs. */
  hostName: string;
  address: string;
  folder: string;
  keyFile: string;
  switchMachine: Machine;
  port: string;
  minimalRoot(): string;
  onMachine(machine: Machine): void;
}

export const startDevice = async (
  name: ProfileName,
  place: DevicePlace,
  options: DeviceOptions,
): Promise<Device> => {
  const profile: Profile = profiles[name];
  const password = profile.hasPassword ? randomBytes(9).toString('base64url') : '';
  makeHostKeys(path.join(place.folder, 'host-keys'));
  writeDeviceFiles(profile, place, options, password);
  const machine = await startMachine(place.hostName, new URL('device.sh', import.meta.url).pathname, {
    LAB_FOLDER: place.folder,
    LAB_LOWER: profile.base({ minimalRoot: () => place.minimalRoot() }),
    LAB_HOST_NAME: place.hostName,
    LAB_READ_ONLY: profile.isReadOnly ? '1' : '',
    LAB_HIDDEN: profile.hidden(options).join(' '),
    LAB_MASKED: profile.masked(options).join(' '),
    LAB_DOCKER_FOLDER: dockerFolderKind(profile, options),
  });
  place.onMachine(machine);
  await connect(machine, place.switchMachine, place.port, `${place.address}/24`);
  machine.tell('go');
  await machine.expect('booted');
  const device = describeDevice(name, place, password, machine);
  await waitForDaemons(device, options.engine !== false);
  const spoilt = await device.exec(spoilDockerFolder[options.dockerFolder ?? 'writable']);
  if (spoilt.status !== 0) throw new Error(`${place.hostName}: ${spoilt.stderr}`);
  return device;
};

const describeDevice = (
  name: ProfileName,
  place: DevicePlace,
  password: string,
  machine: Machine,
): Device => {
  const { client, port, user } = profiles[name];
  const keys = path.join(place.folder, 'host-keys');
  const onDisk = (file: string) => `/proc/${machine.pid}/root${file}`;
  const log: Device['log'] = (daemon) => readOr(onDisk(`/run/log/${daemon}.log`), '');
  const exec: Device['exec'] = (command, options) =>
    spawnInside(machine, typeof command === 'string' ? ['sh', '-c', command] : command, {
      env: { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
      ...options,
    }).ended;
  return {
    name: place.hostName,
    hostName: `${place.hostName}.local`,
    address: place.address,
    profile: name,
    port,
    user,
    keyFile: place.keyFile,
    password,
    hostKeys: () => readHostKeys(keys),
    exec,
    engine: (...args) => exec([client, ...args]),
    enginePid: () => findEngine(machine),
    log,
    async changeHostKeys() {
      makeHostKeys(keys);
      for (const type of keyTypes) fs.copyFileSync(path.join(keys, type), onDisk(`/run/hostkeys/${type}`));
      const starts = () => log('sshd').split(signs.sshd).length;
      const before = starts();
      await exec('kill -HUP "$(cat /run/sshd.pid)"');
      await waitUntil(
        'sshd with new keys',
        machine,
        () => log('sshd'),
        () => starts() > before,
      );
    },
    powerOff: () => machine.stop(),
    machine,
  };
};

/** What each daemon writes to its log once it serves. */
const signs = { sshd: 'Server listening', avahi: 'Server startup complete', engine: 'API listen on' };

const waitForDaemons = async ({ machine, log }: Device, hasEngine: boolean): Promise<void> => {
  for (const daemon of ['sshd', 'avahi', ...(hasEngine ? (['engine'] as const) : [])] as const)
    await waitUntil(
      daemon,
      machine,
      () => log(daemon),
      (said) => said.includes(signs[daemon]),
    );
};

const readOr = (file: string, otherwise: string): string => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
};

/** The engine writes a key of its own into its folder when it starts, so the folder is spoilt only afterwards. */
const spoilDockerFolder: Record<NonNullable<DeviceOptions['dockerFolder']>, string> = {
  writable: ':',
  full: 'cat /dev/zero >/etc/docker/filler 2>/dev/null || :',
  'read-only': 'mount -o remount,bind,ro /etc/docker',
};

const dockerFolderKind = (profile: Profile, options: DeviceOptions): string => {
  if (options.engine === false && !profile.isReadOnly) return 'absent';
  return options.dockerFolder === 'full' ? 'small' : 'state';
};

const writeDeviceFiles = (
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

const hashPassword = (password: string): string =>
  execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password, encoding: 'utf8' }).trim();

/** A cable from `eth0` of a machine to a port of the switch. */
export const connect = async (
  machine: Machine,
  switchMachine: Machine,
  port: string,
  address: string,
): Promise<void> => {
  await ip([`link add ${port} netns ${switchMachine.pid} type veth peer name eth0 netns ${machine.pid}`]);
  await ip([`link set ${port} master lan up`], switchMachine);
  await ip(['link set lo up', `addr add ${address} dev eth0`, 'link set eth0 up'], machine);
};
