import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScene, each, type PushEnd, type Scene, type WantedDevice } from './faults/scene.ts';
import type { Device } from './lab/index.ts';

/** What is wrong with one device of the fleet, and what a person is told about it. */
interface Fault extends Omit<WantedDevice, 'name'> {
  /** After the device was added in good order. */
  spoil?: (device: Device) => Promise<unknown>;
  outcome: 'changed' | 'failed';
  code: string | null;
  /** In the title, and in the next step. */
  title?: RegExp;
  next?: RegExp;
  /** Whether our files stand there afterwards, whole. */
  written: boolean;
  /** Folders of engines that they stand in; default: Docker's. */
  folders?: string[];
  /** What is said beside. */
  finding?: string;
}

const root = (command: string) => (device: Device) => device.exec(command);
const killEngine = async (device: Device): Promise<void> => {
  const pid = device.enginePid();
  if (pid === null) throw new Error(`no engine runs on ${device.name}`);
  process.kill(pid, 'SIGKILL');
};
const failed = { outcome: 'failed', written: false } as const;
const fine = { outcome: 'changed', code: null, written: true } as const;
const light = { profile: 'light' } as const;
const debian = { profile: 'debian', options: { engine: false } } as const;
const filled = (size: string) =>
  `mkdir -p /etc/docker && mount -t tmpfs -o size=${size} full /etc/docker && cat /dev/zero >/etc/docker/filler 2>/dev/null; :`;

/** The answer of a device without an engine: files are there, nothing can pull. */
const bare = { ...fine, code: 'NO_ENGINE' } as const;

const faults: Record<string, Fault> = {
  well: { ...light, ...bare },
  off: {
    ...light,
    ...failed,
    spoil: (device) => device.powerOff(),
    code: 'DEVICE_UNREACHABLE',
    title: /off-\w+ does not answer at 10\./,
    next: /power and cable/,
  },
  filtered: {
    ...light,
    options: { hasWire: true },
    ...failed,
    spoil: async (device) => device.wire.set({ isFiltered: true }),
    code: 'DEVICE_UNREACHABLE',
    title: /does not answer at 10\./,
    next: /power and cable/,
  },
  refused: {
    ...light,
    ...failed,
    spoil: root('kill "$(cat /run/sshd.pid)"'),
    code: 'DEVICE_REFUSED',
    title: /refuses connections on port 22$/,
    next: /SSH is enabled/,
  },
  'key-refused': {
    ...light,
    ...failed,
    spoil: root('mv /etc/ssh/authorized_keys/root /etc/ssh/authorized_keys/other'),
    code: 'AUTH_REFUSED',
    title: /does not accept this login for root/,
    next: /authorized keys/,
  },
  'password-wrong': {
    ...debian,
    login: 'password',
    ...failed,
    spoil: root('echo admin:another | chpasswd'),
    code: 'AUTH_REFUSED',
    title: /does not accept this login for admin/,
    next: /Choose another key or password/,
  },
  'host-key': {
    ...light,
    ...failed,
    spoil: (device) => device.changeHostKeys(),
    code: 'HOST_KEY_CHANGED',
    title: /another host key/,
    next: /SHA256:\S+ instead of SHA256:\S+ If|reinstalled, confirm/,
  },
  'sudo-denied': {
    ...debian,
    ...failed,
    spoil: root('echo "Defaults env_reset" >/etc/sudoers'),
    code: 'SUDO_DENIED',
    title: /admin may not use sudo on sudo-denied/,
    next: /Add admin to sudoers/,
  },
  'sudo-no-tty': {
    ...debian,
    ...failed,
    spoil: root('echo "Defaults requiretty" >>/etc/sudoers'),
    code: 'SUDO_NEEDS_TTY',
    title: /insists on a terminal/,
    next: /requiretty/,
  },
  full: {
    ...light,
    ...failed,
    spoil: root(filled('64k')),
    code: 'DISK_FULL',
    title: /disk of full-\w+ is full/,
    next: /Free some space/,
  },
  'read-only': {
    ...light,
    ...failed,
    spoil: root('mkdir /etc/docker && mount -t tmpfs -o ro locked /etc/docker'),
    code: 'READ_ONLY',
    title: /\/etc\/docker\S* on read-only-\w+ is read-only/,
    next: /Make the folder writable/,
  },
  late: {
    profile: 'debian',
    options: { clockOffsetSeconds: -41 * 86_400 },
    outcome: 'failed',
    written: true,
    code: 'CLOCK_WRONG',
    title: /clock of late-\w+ is 41 days behind/,
    next: /Set the clock/,
  },
  'no-sha256sum': {
    ...light,
    options: { without: ['sha256sum'] },
    ...failed,
    code: 'TOOL_MISSING',
    title: /lacks the program sha256sum/,
    next: /Install sha256sum/,
  },
  'engine-down': {
    profile: 'debian',
    spoil: killEngine,
    outcome: 'failed',
    written: true,
    code: 'ENGINE_NOT_RUNNING',
    title: /Docker on engine-down-\w+ is not running/,
    next: /Start the engine/,
  },
  proxied: {
    profile: 'debian',
    options: { engineProxy: 'http://127.0.0.1:9' },
    outcome: 'failed',
    written: true,
    code: 'PULL_PROXY',
    title: /A proxy keeps the engine on proxied-\w+ from registry\.local:5000/,
    next: /NO_PROXY/,
    finding: 'ENGINE_PROXY',
  },
  'two-engines': {
    profile: 'debian',
    options: { podmanToo: true },
    ...fine,
    folders: ['/etc/containers/certs.d', '/etc/docker/certs.d'],
    finding: 'TWO_ENGINES',
  },
  banner: { ...light, options: { banner: 'Authorised use only!\r\nno newline at the end' }, ...bare },
  prints: {
    ...debian,
    options: { ...debian.options, bashrc: ['echo Welcome; printf "no newline"'] },
    ...bare,
  },
  csh: { ...debian, options: { ...debian.options, shell: '/usr/bin/tcsh' }, ...bare },
  slow: { ...light, options: { slowLoginSeconds: 3 }, ...bare },
  asking: {
    ...debian,
    options: { ...debian.options, passwordBy: 'keyboard-interactive' },
    login: 'password',
    ...bare,
  },
  hung: {
    ...debian,
    ...failed,
    spoil: root(`echo 'while :; do sleep 1000; done' >/home/admin/.bashrc`),
    code: 'SHELL_SILENT',
    title: /login shell of hung-\w+ does not answer/,
    next: /Log in by hand/,
  },
};

describe('a fleet with one device for each fault', () => {
  let scene: Scene;
  let end: PushEnd;
  const devices = new Map<string, Device>();
  const names = Object.keys(faults);
  const deviceOf = (name: string) => devices.get(name) as Device;

  beforeAll(async () => {
    scene = await createScene('faults.lab.test');
    const added = await scene.add(names.map((name) => ({ name, ...(faults[name] as Fault) })));
    added.forEach((device, index) => devices.set(names[index] ?? '', device));
    await each(names, async (name) => {
      await faults[name]?.spoil?.(deviceOf(name));
      if (deviceOf(name).machine.isRunning()) scene.remember(deviceOf(name));
    });
    end = await scene.push('--all');
  });
  afterAll(() => scene.close());

  it.each(names)('%s', (name) => {
    const fault = faults[name] as Fault;
    const device = deviceOf(name);
    const { outcome, code, message, next, written, findings } = end.of(device);
    expect({ outcome, code, written, message }).toMatchObject({
      outcome: fault.outcome,
      code: fault.code,
      written: fault.written,
    });
    if (fault.title) expect(message).toMatch(fault.title);
    if (fault.next) expect(next).toMatch(fault.next);
    if (fault.finding) expect(findings.map((finding) => finding.code)).toContain(fault.finding);
    if (!device.machine.isRunning()) return;
    if (fault.written) scene.expectWhole(device, fault.folders);
    else scene.expectUntouched(device);
  });
});
