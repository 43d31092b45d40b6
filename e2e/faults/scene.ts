import fs from 'node:fs';
import { expect } from 'vitest';
import type { ReadyInfo } from '#shared/model/app.ts';
import type { DeviceRun, TrustRun } from '#shared/model/trust.ts';
import { type Computer, lineOf, useComputer } from '../computer.ts';
import {
  createLab,
  type Device,
  type DeviceOptions,
  type InsideProcess,
  type Lab,
  type ProfileName,
} from '../lab/index.ts';
import { differences, type Manifest, manifestOf, wholePart, wholePush } from './manifest.ts';

/** One lab and one app; devices that are added in good order before anything is broken. */
export interface Scene {
  lab: Lab;
  computer: Computer;
  ca: Buffer;
  references: string[];
  /** Makes devices, a few at a time, and adds them to the app. */
  add(wanted: WantedDevice[]): Promise<Device[]>;
  /** Tells an app of a device; default: the scene's. */
  register(device: Device, login?: WantedDevice['login'], app?: Computer): Promise<void>;
  /** Remembers what is on a device. */
  remember(device: Device): void;
  /** What is otherwise than when it was remembered. */
  changed(device: Device): string[];
  /** Our files whole and nothing else; or nothing at all. */
  expectWhole(device: Device, folders?: string[]): void;
  expectUntouched(device: Device): void;
  /** As before, but for empty folders made by a script that nobody heard the end of, before the device restarted. */
  expectUndoneAfterRestart(device: Device): void;
  /** What stands of our files is whole, and nothing of ours is left beside them. */
  expectNothingHalf(device: Device): void;
  push(...args: string[]): Promise<PushEnd>;
  undo(...args: string[]): Promise<PushEnd>;
  /** Starts the app again. */
  up(): Promise<void>;
  /** The app, all at once. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export interface WantedDevice {
  name: string;
  profile: ProfileName;
  options?: DeviceOptions;
  login?: 'key' | 'password';
}

export interface PushEnd {
  status: number | null;
  run: TrustRun;
  of(device: Device): DeviceRun;
}

const atOnce = 4;

/** Does `work` for each, some at a time, and keeps the order. */
export const each = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
};

export const createScene = async (label: string): Promise<Scene> => {
  const lab = await createLab({ label });
  const computer = await useComputer(lab);
  const manifests = new Map<string, Manifest>();
  let app: InsideProcess;
  const startUp = async (): Promise<void> => {
    const place = ['--name', 'registry.local', '--address', lab.network.hostAddress];
    app = computer.start(['up', '--json', ...place]);
    ready = JSON.parse(await lineOf(app, /^\{/)) as ReadyInfo;
  };
  let ready: ReadyInfo | null = null;
  await startUp();
  const ca = fs.readFileSync((ready as unknown as ReadyInfo).caFile);
  const references = ['registry.local:5000', `${lab.network.hostAddress}:5000`];

  const register: Scene['register'] = async (device, login, app = computer) => {
    const input = {
      address: device.address,
      name: device.name,
      port: device.port,
      user: device.user,
      credential:
        login === 'password'
          ? { kind: 'password', password: device.password }
          : { kind: 'key', file: device.keyFile },
      sudoPassword: login === 'password' ? '' : device.password,
      hostKey: { kind: 'accept-new' },
    };
    const { status, value } = await app.json(['call', 'devices.add', JSON.stringify(input)]);
    expect(status, JSON.stringify(value)).toBe(0);
  };
  const changed = (device: Device) =>
    differences(manifests.get(device.name) ?? new Map<string, string>(), manifestOf(device));

  const trust = async (...args: string[]): Promise<PushEnd> => {
    const { status, value } = await computer.json<TrustRun>(['trust', ...args]);
    return {
      status,
      run: value,
      of(device) {
        const found = value.devices.find(({ name }) => name === device.name);
        if (!found) throw new Error(`no ${device.name} in ${JSON.stringify(value)}`);
        return found;
      },
    };
  };

  return {
    lab,
    computer,
    ca,
    references,
    add: (wanted) =>
      each(wanted, async ({ name, profile, options, login }) => {
        const device = await lab.addDevice({ profile, name, ...options });
        await register(device, login);
        return device;
      }),
    register,
    remember: (device) => void manifests.set(device.name, manifestOf(device)),
    changed,
    expectWhole(device, folders = ['/etc/docker/certs.d']) {
      const text = changed(device)
        .map((line) => `${line}\n`)
        .join('');
      expect(text, device.name).toMatch(wholePush(folders, references, ca));
    },
    expectUntouched(device) {
      expect(changed(device), device.name).toEqual([]);
    },
    expectUndoneAfterRestart(device) {
      const left = changed(device).filter((line) => !/^\+ \/etc\/docker(\/certs\.d)? folder /.test(line));
      expect(left, device.name).toEqual([]);
    },
    expectNothingHalf(device) {
      for (const line of changed(device)) expect(line, device.name).toMatch(wholePart(ca));
    },
    push: (...args) => trust('push', ...args),
    undo: (...args) => trust('undo', ...args),
    up: startUp,
    async kill() {
      await lab.run(['kill', '-KILL', String(ready?.pid)]);
      await app.ended;
    },
    async close() {
      await lab.destroy();
      computer.remove();
    },
  };
};
