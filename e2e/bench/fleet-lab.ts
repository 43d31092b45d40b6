import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { paths } from '#electron/paths.ts';
import { createLab, type Device, type InsideProcess, type Lab } from '../lab/index.ts';
import type { Answers, ClientOrder } from './fleet-orders.ts';

/** Devices at once while they start: more only makes each of them slower. */
const starting = 8;

export const startFleet = async (
  count: number,
  hasPython: boolean,
): Promise<{ lab: Lab; devices: Device[] }> => {
  const lab = await createLab({ label: 'fleet benchmark' });
  try {
    let left = count;
    const startSome = async () => {
      while ((left -= 1) >= 0) await lab.addDevice({ profile: 'light', hasPython });
    };
    await Promise.all(Array.from({ length: starting }, startSome));
    return { lab, devices: lab.devices };
  } catch (error) {
    await lab.destroy();
    throw error;
  }
};

/** The file on the device, read past SSH and past the app. */
const onDevice = (device: Device, file: string): string => `/proc/${device.machine.pid}/root${file}`;

/** How many of the devices have the file, byte for byte. */
export const countCopies = (devices: readonly Device[], file: string, wanted: Buffer): number =>
  devices.filter((device) => {
    try {
      return readFileSync(onDevice(device, file)).equals(wanted);
    } catch {
      return false;
    }
  }).length;

export const wipe = (devices: readonly Device[], folder: string): void => {
  for (const device of devices) rmSync(onDevice(device, folder), { recursive: true, force: true });
};

/** What `ssh` needs to trust and to open the fleet without questions. */
export const knownHostsOf = (lab: Lab, devices: readonly Device[]): string =>
  devices
    .map(({ name, address }) => {
      const [type = '', key = ''] = readFileSync(
        join(lab.folder, name, 'host-keys/ed25519.pub'),
        'utf8',
      ).split(' ');
      return `${address} ${type} ${key}\n`;
    })
    .join('');

/** The built app that serves in a process of its own, and a client attached to it. */
export interface FleetApp {
  /** Of the app's process, as this computer counts. */
  pid: number;
  caFile: string;
  ask<Kind extends ClientOrder['do']>(order: ClientOrder & { do: Kind }): Promise<Answers[Kind]>;
  stop(): Promise<void>;
}

export const startApp = async (lab: Lab, nodeOptions: string[]): Promise<FleetApp> => {
  const data = join(lab.folder, 'data');
  const env = { HOME: lab.folder, SSH_AUTH_SOCK: '' };
  const cli = join(paths.root, 'dist', 'electron', 'cli.js');
  const place = ['--name', 'registry.local', '--address', lab.network.hostAddress, '--data', data, '--json'];
  const app = lab.spawn([process.execPath, ...nodeOptions, cli, 'up', ...place], { env });
  const { caFile } = await linesOf<{ caFile: string }>(app)();
  const script = new URL('fleet-client.ts', import.meta.url).pathname;
  const client = lab.spawn([process.execPath, script, data], { env, keepsInput: true });
  const answer = linesOf(client);
  await answer();
  return {
    pid: pidOf(app),
    caFile,
    ask: (order) => {
      client.child.stdin?.write(`${JSON.stringify(order)}\n`);
      return answer() as Promise<never>;
    },
    async stop() {
      client.child.stdin?.end();
      await client.ended;
      app.signal('TERM');
      await app.ended;
    },
  };
};

/** One JSON document after the other. */
const linesOf = <T>({ child, ended }: InsideProcess): (() => Promise<T>) => {
  child.stderr?.pipe(process.stderr);
  if (!child.stdout) throw new Error('it has no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const line = await lines.next();
    if (line.done) throw new Error(`it ended: ${(await ended).stderr}`);
    return JSON.parse(line.value) as T;
  };
};

/** nsenter stays as the parent of what it starts. */
const pidOf = ({ child }: InsideProcess): number => {
  const pid = child.pid ?? 0;
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
};
