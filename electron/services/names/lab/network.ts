import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const ip = (...args: string[]) => execute('ip', args);

/** A network of this test run alone; `close` removes everything, also after a failure half-way. */
export interface LabNetwork {
  /** Runs a program in a namespace and gives its output; `daemon` chooses whose bus it talks to. */
  run(space: Space, file: string, args: string[]): Promise<string>;
  /** Starts a program that stays until stopped; the system ends it with this process. */
  start(space: Space, file: string, args: string[]): ChildProcess;
  /** Starts avahi-daemon with a bus of its own and waits until it serves. */
  startAvahi(space: Space, hostName: string): Promise<void>;
  /** Starts the names service; the function calls one of its methods. */
  startNames(space: Space, hostName: string): Promise<Call>;
  close(): Promise<void>;
}
export type Call = (method: string, ...args: unknown[]) => Promise<unknown>;

/**
 * `laptop` has a bridge to `device` (10.88.1.0/24) and its default route by `office` (192.168.88.0/24), with
 * which it also shares a network without IPv4 (fd88::/64).
 */
export type Space = 'laptop' | 'device' | 'office';
export const lab = {
  lan: { laptop: '10.88.1.1', device: '10.88.1.2' },
  office: { laptop: '192.168.88.1', office: '192.168.88.2' },
  six: { laptop: 'fd88::1', office: 'fd88::2' },
};

const spaces: Space[] = ['laptop', 'device', 'office'];

const busConfig = (socket: string): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus
 Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow own="*"/><allow user="*"/><allow send_destination="*"/>
<allow receive_sender="*"/></policy></busconfig>`;

const avahiConfig = (hostName: string): string => `[server]
host-name=${hostName}
use-ipv4=yes
use-ipv6=no
[publish]
publish-workstation=yes
publish-hinfo=no
`;

/** The pid file of avahi-daemon lies at a fixed place: each daemon gets its own there, and no services. */
const avahiScript = `mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon \
&& mount -t tmpfs none /etc/avahi/services && exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f "$1"`;

const until = async (what: string, isTrue: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await isTrue().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not come up in 10 s`);
};

const prefix = 'moornames';

/** Removes what runs left behind that were killed: their names carry the process id. */
const sweep = async (): Promise<void> => {
  const { stdout } = await ip('netns', 'list');
  for (const [space = '', pid] of stdout.matchAll(new RegExp(`^${prefix}-(\\d+)-\\w+`, 'gm'))) {
    try {
      process.kill(Number(pid), 0);
    } catch {
      await ip('netns', 'del', space).catch(() => undefined);
    }
  }
};

const wire = async (name: (space: Space) => string): Promise<void> => {
  for (const space of spaces) {
    await ip('netns', 'add', name(space));
    await ip('-n', name(space), 'link', 'set', 'lo', 'up');
  }
  const laptop = name('laptop');
  const inLaptop = (...args: string[]) => ip('-n', laptop, ...args);
  await inLaptop('link', 'add', 'port1', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name('device'));
  await inLaptop('link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name('office'));
  await inLaptop('link', 'add', 'eth2', 'type', 'veth', 'peer', 'name', 'eth1', 'netns', name('office'));
  await inLaptop('link', 'add', 'moor-lan', 'type', 'bridge');
  await inLaptop('link', 'set', 'port1', 'master', 'moor-lan', 'up');
  await inLaptop('link', 'set', 'moor-lan', 'up');
  await inLaptop('link', 'set', 'eth1', 'up');
  await inLaptop('link', 'set', 'eth2', 'up');
  await inLaptop('addr', 'add', `${lab.six.laptop}/64`, 'dev', 'eth2', 'nodad');
  await ip('-n', name('office'), 'link', 'set', 'eth1', 'up');
  await ip('-n', name('office'), 'addr', 'add', `${lab.six.office}/64`, 'dev', 'eth1', 'nodad');
  await inLaptop('addr', 'add', `${lab.lan.laptop}/24`, 'dev', 'moor-lan');
  await inLaptop('addr', 'add', `${lab.office.laptop}/24`, 'dev', 'eth1');
  await inLaptop('route', 'add', 'default', 'via', lab.office.office);
  for (const [space, address] of [
    ['device', lab.lan.device],
    ['office', lab.office.office],
  ] as const) {
    await ip('-n', name(space), 'link', 'set', 'eth0', 'up');
    await ip('-n', name(space), 'addr', 'add', `${address}/24`, 'dev', 'eth0');
  }
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
};

export const createLabNetwork = async (): Promise<LabNetwork> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'mooring-names-'));
  const name = (space: Space) => `${prefix}-${process.pid}-${space}`;
  const children: ChildProcess[] = [];

  const environment = (space: Space) => ({
    ...process.env,
    DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${folder}/${space}.bus`,
  });
  const inside = (space: Space, file: string, args: string[]) => [
    'netns',
    'exec',
    name(space),
    file,
    ...args,
  ];
  const start = (space: Space, file: string, args: string[]): ChildProcess => {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'ip', ...inside(space, file, args)], {
      env: environment(space),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stderr?.resume();
    children.push(child);
    return child;
  };
  const run = async (space: Space, file: string, args: string[]): Promise<string> => {
    const options = { env: environment(space), timeout: 15_000 };
    return (await execute('ip', inside(space, file, args), options)).stdout;
  };
  const close = async (): Promise<void> => {
    for (const child of children.toReversed()) await stop(child);
    for (const space of spaces) await ip('netns', 'del', name(space)).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  };

  const startAvahi = async (space: Space, hostName: string): Promise<void> => {
    const bus = path.join(folder, `${space}.bus.conf`);
    const config = path.join(folder, `${space}.avahi.conf`);
    await writeFile(bus, busConfig(`${folder}/${space}.bus`));
    await writeFile(config, avahiConfig(hostName));
    start(space, 'dbus-daemon', ['--nofork', `--config-file=${bus}`]).stdout?.resume();
    const share = ['--mount', '--propagation', 'private', 'sh', '-c', avahiScript, 'sh', config];
    await until('dbus', async () => (await execute('test', ['-S', `${folder}/${space}.bus`])).stderr === '');
    start(space, 'unshare', share).stdout?.resume();
    await until('avahi', async () => {
      const found = await run(space, 'avahi-resolve', ['-4', '-n', `${hostName}.local`]);
      return found.includes(hostName);
    });
  };

  const startNames = async (space: Space, hostName: string): Promise<Call> => {
    const child = start(space, process.execPath, [path.join(import.meta.dirname, 'child.ts'), hostName]);
    if (!child.stdout) throw new Error('no pipe');
    const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return async (...request) => {
      child.stdin?.write(`${JSON.stringify(request)}\n`);
      const reply = await replies.next();
      const answer = JSON.parse(String(reply.value)) as { ok?: unknown; error?: string };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.ok;
    };
  };

  try {
    await sweep();
    await wire(name);
  } catch (error) {
    await close();
    throw error;
  }
  return { run, start, startAvahi, startNames, close };
};
