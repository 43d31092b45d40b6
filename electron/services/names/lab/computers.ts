import { createLogBook } from '#electron/log.ts';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { createNames } from '../index.ts';
import type { Names } from '../index.ts';
import type { MdnsRecord } from '../records.ts';
import { createBus, tableOf } from './bus.ts';

export const name = 'registry.local';
export let bus: ReturnType<typeof createBus>;

export interface Computer {
  names: Names;
  table: Record<string, string[]>;
  wires: Record<string, string>;
}
const computers: Computer[] = [];

/** Fresh wires and a clock of its own for every test; afterwards no link may be left open. */
export const useComputers = (): void => {
  beforeEach(() => {
    vi.useFakeTimers();
    bus = createBus();
  });
  afterEach(async () => {
    await Promise.all(computers.splice(0).map(({ names }) => names.withdraw()));
    expect(bus.openPlugs()).toBe(0);
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
};

export const computer = (hostName: string, table: Computer['table'], wires: Computer['wires']): Computer => {
  const names = createNames({
    log: createLogBook({}).log,
    hostName,
    platform: 'freebsd',
    interfaces: () => tableOf(table),
    open: bus.opener(wires),
  });
  const made = { names, table, wires };
  computers.push(made);
  return made;
};
export const oneHomed = (hostName: string, address: string, wire = 'lan'): Computer =>
  computer(hostName, { eth0: [`${address}/24`] }, { eth0: wire });

export const wanted = (addresses: string[], names = [name]) => ({ names, addresses, port: 5000 });

/** Lets time pass until `work` is done. */
export const run = async <T>(work: Promise<T>, ms = 1500): Promise<T> => {
  await vi.advanceTimersByTimeAsync(ms);
  return work;
};

/** Records of the responses on a wire, from the packet with that number on. */
export const answersOn = (wire: string, from = 0): MdnsRecord[] =>
  bus.passed
    .slice(from)
    .filter((one) => one.wire === wire && one.packet.type === 'response')
    .flatMap((one) => one.packet.answers ?? []);
export const dataOf = (records: MdnsRecord[], type: string, at = name) =>
  records.filter((record) => record.type === type && record.name === at).map((record) => record.data);
export const stateOf = ({ names }: Computer) => names.state().names[0]?.state;
