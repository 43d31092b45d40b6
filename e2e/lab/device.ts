import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { diskSettings, writeDeviceFiles } from './device-files.ts';
import { findEngine } from './engine.ts';
import { type HostKey, keyTypes, makeHostKeys, readHostKeys } from './host-keys.ts';
import { type Ended, type RunOptions, spawnInside } from './inside.ts';
import { type Machine, startMachine } from './machine.ts';
import { connect, unplug } from './plug.ts';
import { alpine } from './profiles/alpine.ts';
import { balena } from './profiles/balena.ts';
import { containerd } from './profiles/containerd.ts';
import { debian } from './profiles/debian.ts';
import { light } from './profiles/light.ts';
import { podman } from './profiles/podman.ts';
import type { Daemon, DeviceOptions, Profile, Roots } from './profiles/profile.ts';
import { waitUntil } from './wait.ts';
import { noWire, type PluggableWire, type Wire } from './wire.ts';

export const profiles = { alpine, balena, containerd, debian, light, podman } satisfies Record<
  string,
  Profile
>;
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
  /** What a daemon has written. */
  log(daemon: Daemon): string;
  /** New host keys, as after a reflash; sshd is started again with them. */
  changeHostKeys(): Promise<void>;
  /** All at once, as when the plug is pulled. */
  powerOff(): Promise<void>;
  /** Off and on again with the disk it had (option `canReboot`). */
  reboot(): Promise<void>;
  /** Its cable (option `hasWire`). */
  readonly wire: Wire;
  machine: Machine;
}

type PlainDevice = Omit<Device, 'powerOff' | 'reboot' | 'wire'>;

export interface DevicePlace {
  /** `name` and `hostName` are the same word, unique in all runs. */
  hostName: string;
  address: string;
  folder: string;
  keyFile: string;
  switchMachine: Machine;
  port: string;
  roots: Roots;
  onMachine(machine: Machine): void;
  /** A cable that goes through this process. */
  makeWire(): Promise<PluggableWire>;
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
  const wire = options.hasWire ? await place.makeWire() : null;
  const device = describeDevice(name, place, password, await boot(profile, place, options, wire));
  const settle = async () => {
    await waitForDaemons(device, profile, options);
    await spoil(device, options);
  };
  await settle();
  let isOn = true;
  const powerOff = async () => {
    if (!isOn) return;
    isOn = false;
    wire?.set({ isCut: true });
    if (!wire) await unplug(place.switchMachine, place.port);
    await device.machine.stop();
  };
  return Object.assign(device, {
    wire: wire ?? noWire(device.name),
    powerOff,
    async reboot() {
      if (!options.canReboot) throw new Error(`${device.name} was not made with canReboot`);
      await powerOff();
      device.machine = await boot(profile, place, options, wire);
      isOn = true;
      await settle();
      // Not before: a kernel without its daemons would refuse what comes meanwhile.
      wire?.set({ isCut: false });
    },
  });
};

const boot = async (
  profile: Profile,
  place: DevicePlace,
  options: DeviceOptions,
  wire: PluggableWire | null,
): Promise<Machine> => {
  const script = new URL('device.sh', import.meta.url).pathname;
  const machine = await startMachine(place.hostName, script, diskSettings(profile, place, options));
  place.onMachine(machine);
  const address = `${place.address}/24`;
  if (wire) await wire.attach(machine, address);
  else await connect(machine, place.switchMachine, place.port, address);
  machine.tell('go');
  await machine.expect('booted');
  return machine;
};

const describeDevice = (
  name: ProfileName,
  place: DevicePlace,
  password: string,
  machine: Machine,
): PlainDevice => {
  const { client, engine, port, user }: Profile = profiles[name];
  const keys = path.join(place.folder, 'host-keys');
  const device: PlainDevice = {
    name: place.hostName,
    hostName: `${place.hostName}.local`,
    address: place.address,
    profile: name,
    port,
    user,
    keyFile: place.keyFile,
    password,
    machine,
    hostKeys: () => readHostKeys(keys),
    exec: (command, options) =>
      spawnInside(device.machine, typeof command === 'string' ? ['sh', '-c', command] : command, {
        env: { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
        ...options,
      }).ended,
    engine: (...args) => device.exec([client, ...args]),
    enginePid: () => (engine ? findEngine(device.machine, engine.program) : null),
    log: (daemon) => readOr(onDisk(device.machine, `/run/log/${daemon}.log`), ''),
    async changeHostKeys() {
      makeHostKeys(keys);
      for (const type of keyTypes)
        fs.copyFileSync(path.join(keys, type), onDisk(device.machine, `/run/hostkeys/${type}`));
      const starts = () => device.log('sshd').split(signs.sshd).length;
      const before = starts();
      await device.exec('kill -HUP "$(cat /run/sshd.pid)"');
      const log = () => device.log('sshd');
      await waitUntil('sshd with new keys', device.machine, log, () => starts() > before);
    },
  };
  return device;
};

const onDisk = (machine: Machine, file: string) => `/proc/${machine.pid}/root${file}`;

/** What each daemon writes to its log once it serves; the engine's is in its profile. */
const signs = { sshd: 'Server listening', avahi: 'Server startup complete' };

const waitForDaemons = async (
  { machine, log }: Pick<Device, 'machine' | 'log'>,
  profile: Profile,
  options: DeviceOptions,
): Promise<void> => {
  for (const daemon of profile.daemons(options)) {
    const sign = daemon === 'engine' ? (profile.engine?.sign ?? '') : signs[daemon];
    await waitUntil(
      daemon,
      machine,
      () => log(daemon),
      (said) => said.includes(sign),
    );
  }
};

/** The engine writes a key of its own into its folder when it starts, so the folder is spoilt only afterwards. */
const spoilDockerFolder: Record<NonNullable<DeviceOptions['dockerFolder']>, string> = {
  writable: ':',
  full: 'cat /dev/zero >/etc/docker/filler 2>/dev/null || :',
  'read-only': 'mount -o remount,bind,ro /etc/docker',
};

const spoil = async (device: Pick<Device, 'name' | 'exec'>, { dockerFolder }: DeviceOptions) => {
  if (!dockerFolder) return;
  const spoilt = await device.exec(spoilDockerFolder[dockerFolder]);
  if (spoilt.status !== 0) throw new Error(`${device.name}: ${spoilt.stderr}`);
};

const readOr = (file: string, otherwise: string): string => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
};
