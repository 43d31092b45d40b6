import type { Log } from '#electron/log.ts';
import { describeError } from '#shared/errors.ts';
import type { AppError, AppErrorData } from '#shared/errors.ts';
import type { NamesState } from '#shared/model/names.ts';
import { isMdnsName, proposeName } from '#shared/names.ts';
import type { InterfaceTable } from './addresses.ts';
import { claimsIn } from './claim.ts';
import type { Links } from './links.ts';
import { createOwnAddresses, saysTheSame } from './own.ts';
import { hostRecords, instanceName, isSameName } from './records.ts';
import type { MdnsPacket, MdnsRecord } from './records.ts';
import { createServicePublisher } from './service-entry.ts';
import { createStage } from './stage.ts';
import { zoneOf } from './stations.ts';
import { createVoice } from './voice.ts';
import type { RecordsOn } from './voice.ts';

export type NameEntry = NamesState['names'][number];

export interface Wanted {
  names: string[];
  addresses: string[];
  port: number;
}

/** Keeps names announced. One owner a name: nothing else in the app publishes records of a host name. */
export interface Advertiser {
  /** Replaces what is announced; resolves when every name is announced or known to be taken. */
  advertise(wanted: Wanted): Promise<void>;
  /** Says goodbye and falls silent. */
  withdraw(): Promise<void>;
  /** Looks at the interfaces again; asks for every name again when the chosen ones changed, or when told to. */
  refresh(isForced: boolean): Promise<void>;
  /** Asks again for the names that others had, or that could not be announced. */
  retry(): Promise<void>;
  wanted(): Wanted | null;
  entries(): NameEntry[];
}

export const createAdvertiser = (options: {
  links: Links;
  interfaces: () => InterfaceTable;
  hostName: string;
  log: Log;
  now: () => number;
  onChange: () => void;
}): Advertiser => {
  const { links, interfaces, log, now, onChange } = options;
  const computer = options.hostName.split('.')[0] ?? options.hostName;
  const entries = new Map<string, NameEntry>();
  const own = createOwnAddresses(interfaces, now);
  /** Names whose records are published; a name the system itself announces is not among them. */
  const held = new Set<string>();
  const settling = new Set<string>();
  /** Kept after a withdrawal: it says what the names were. */
  let wanted: Wanted | null = null;
  let isSilent = true;
  let generation = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const isOurs = (record: MdnsRecord): boolean => saysTheSame(record, own, wanted);
  const stage = createStage({
    links,
    interfaces,
    onPacket: (packet) => watchForConflicts(packet),
  });
  const voice = createVoice(stage, isOurs);
  const service = createServicePublisher({ computer, voice, log });

  const setEntry = (
    name: string,
    state: NameEntry['state'],
    more: { holder?: string | null; error?: AppErrorData } = {},
  ) => {
    entries.set(name, { name, state, holder: more.holder ?? null, error: more.error ?? null });
    onChange();
  };

  const giveUp = async (name: string, holder: string | null, wasHeld: boolean, recordsOn: RecordsOn) => {
    if (wasHeld) await voice.sayGoodbye(recordsOn);
    const details = { name, holder: holder ?? 'another computer', proposal: proposeName(name) };
    if (entries.get(name)?.state !== 'conflict') log.warn('A name is taken', details);
    setEntry(name, 'conflict', { holder, error: describeError('NAME_TAKEN', details) });
  };

  const cannotSpeak = (name: string) => {
    const places = stage.stations().map(({ place }) => place.name);
    const details = { interface: places.join(', '), problem: 'The system does not let packets out.' };
    log.warn('A name cannot be announced', { name, ...details });
    setEntry(name, 'failed', { error: describeError('MDNS_UNAVAILABLE', details) });
  };

  /** Asks for one host name and announces it, unless somebody else has it. */
  const settle = async (name: string, signal: AbortSignal): Promise<void> => {
    const port = wanted?.port;
    if (port === undefined || settling.has(name)) return;
    settling.add(name);
    try {
      const wasHeld = held.delete(name);
      await voice.hush(name);
      const before = entries.get(name)?.state;
      const isAskedAgain = before === 'conflict' || (before === 'announced' && !wasHeld);
      if (!isAskedAgain) setEntry(name, 'probing');
      const recordsOn: RecordsOn = (station) => hostRecords(name, station.addresses);
      const result = await voice.claim(name, recordsOn, signal);
      if (result.outcome === 'taken') return await giveUp(name, result.holder, wasHeld, recordsOn);
      if (result.outcome === 'unasked') return cannotSpeak(name);
      const isSystems = result.outcome === 'ours' && isSameName(name, `${computer}.local`);
      if (!isSystems) {
        held.add(name);
        await voice.announce({ name, host: name, port }, recordsOn, () => held.has(name), signal);
      }
      log.info('A name is announced', { name, by: isSystems ? 'the system' : 'Mooring' });
      setEntry(name, 'announced');
    } finally {
      settling.delete(name);
    }
  };

  /** The service entry stands on the first host name that is ours. */
  const settleService = async (signal: AbortSignal): Promise<void> => {
    const target = wanted?.names.find((name) => entries.get(name)?.state === 'announced');
    if (target !== undefined && wanted) await service.publish(target, wanted.port, signal);
  };

  const quietly = async (work: Promise<void>, signal: AbortSignal): Promise<void> => {
    try {
      await work;
    } catch (error) {
      if (!signal.aborted) log.error('Announcing names failed', { error });
    }
  };

  const settleAll = async (names: string[], signal: AbortSignal): Promise<void> => {
    await Promise.all(names.map((name) => settle(name, signal)));
    const target = service.current()?.target;
    const isServed = target !== undefined && entries.get(target)?.state === 'announced';
    if (!isServed) void quietly(settleService(signal), signal);
  };

  const watchForConflicts = (packet: MdnsPacket): void => {
    const { signal } = generation;
    const isContested = (name: string) => claimsIn(packet, name).some((record) => !isOurs(record));
    const contested = [...held].filter(isContested);
    if (contested.length > 0) void quietly(settleAll(contested, signal), signal);
    const entry = service.current();
    if (entry && isContested(instanceName(entry))) void quietly(settleService(signal), signal);
  };

  const apply = async (next: Wanted, signal: AbortSignal): Promise<void> => {
    own.look();
    const kept = [...held].filter((name) => next.names.includes(name));
    const entry = service.current();
    const isEntryKept = entry && next.port === entry.port && kept.includes(entry.target);
    const failures: AppError[] = await stage.set(next.addresses, (berth) =>
      zoneOf(berth, { names: kept, service: isEntryKept ? entry : null }),
    );
    wanted = next;
    held.clear();
    service.drop();
    for (const name of entries.keys()) if (!next.names.includes(name)) entries.delete(name);
    const silence = failures[0]?.data;
    const isHeard = stage.stations().length > 0;
    for (const name of next.names) {
      if (!isMdnsName(name)) setEntry(name, 'other');
      else if (!isHeard) setEntry(name, silence ? 'failed' : 'silent', silence ? { error: silence } : {});
    }
    if (isHeard) await settleAll(next.names.filter(isMdnsName), signal);
  };

  /** One at a time: the newest work ends the one before. */
  const restart = (work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    generation.abort();
    generation = new AbortController();
    const { signal } = generation;
    const previous = running;
    running = quietly(
      previous.then(() => work(signal)),
      signal,
    );
    return running;
  };

  return {
    async advertise(next) {
      const isSame = !isSilent && JSON.stringify(next) === JSON.stringify(wanted);
      const isSettled = [...entries.values()].every(
        ({ state }) => state === 'announced' || state === 'other',
      );
      if (isSame && isSettled && stage.isSetFor(next.addresses)) return;
      isSilent = false;
      return restart((signal) => apply(next, signal));
    },
    withdraw: () => {
      isSilent = true;
      return restart(async () => {
        await stage.clear();
        held.clear();
        service.drop();
        for (const { name, state } of entries.values()) if (state !== 'other') setEntry(name, 'silent');
      });
    },
    async refresh(isForced) {
      own.look();
      const current = wanted;
      if (current === null || isSilent || (!isForced && stage.isSetFor(current.addresses))) return;
      await restart((signal) => apply(current, signal));
    },
    async retry() {
      const { signal } = generation;
      const current = wanted;
      if (current === null || isSilent) return;
      const open = [...entries.values()].filter(
        ({ name, state }) => state === 'conflict' || (state === 'announced' && !held.has(name)),
      );
      const hasFailed = [...entries.values()].some(({ state }) => state === 'failed');
      if (hasFailed) return restart((next) => apply(current, next));
      await quietly(
        settleAll(
          open.map(({ name }) => name),
          signal,
        ),
        signal,
      );
    },
    wanted: () => wanted,
    entries: () => (wanted?.names ?? []).flatMap((name) => entries.get(name) ?? []),
  };
};
