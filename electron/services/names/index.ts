import os from 'node:os';
import type { Log } from '#electron/log.ts';
import type { AddressCandidate, NamesState } from '#shared/model/names.ts';
import type { EndpointChoice } from '#shared/model/setup.ts';
import { hostPort, isMdnsName } from '#shared/names.ts';
import { canonicalAddress, ownAddresses, scopeOf } from './addresses.ts';
import type { InterfaceTable } from './addresses.ts';
import { createAdvertiser } from './advertise.ts';
import type { Wanted } from './advertise.ts';
import { browseServices } from './browse.ts';
import { chooseAddresses, findCandidates } from './candidates.ts';
import { linkPlaces, openLink } from './link.ts';
import type { Link, OpenLink } from './link.ts';
import { createLinks } from './links.ts';
import { lookForHolder, lookUpHost } from './look-up.ts';
import { saysTheSame } from './own.ts';
import type { SeenService } from './seen.ts';
import { createSystemFacts } from './system-facts.ts';
import { createNetworkWatch } from './watch.ts';

export type { SeenService } from './seen.ts';

/** Addresses of this computer, and who is who by mDNS. */
export interface Names {
  /** Every address of this computer, best first. */
  candidates(): AddressCandidate[];
  /** The addresses devices use under that choice; empty when there is none. */
  choose(endpoint: Pick<EndpointChoice, 'addresses' | 'listen'>): string[];
  /** Whether anyone else answers for a name. Null: no .local name, or no network to ask on. */
  probe(
    name: string,
    limits: { timeoutMs: number },
  ): Promise<{ isFree: boolean | null; holder: string | null }>;
  /**
   * Announces the names with those of the addresses this computer has, each on its own interface. Call again to
   * change. Resolves when every name is announced or known to be taken (a second); trouble is in `state()`.
   */
  advertise(wanted: Wanted): Promise<void>;
  /** Says goodbye and falls silent. */
  withdraw(): Promise<void>;
  state(): NamesState;
  /** Called when `state()` changed; returns how to stop. */
  onChange(listener: () => void): () => void;
  /** Called when addresses of this computer came or went, and after a sleep; returns how to stop. */
  onAddressesChanged(listener: () => void): () => void;
  /** Services others announce: the whole list whenever it changed, for `seconds`. */
  browse(
    types: string[],
    limits: { seconds: number; signal?: AbortSignal | undefined },
  ): AsyncIterable<SeenService[]>;
  /** Addresses of a .local host, IPv4 first; empty when nobody answers in time. Rejects when aborted. */
  resolve(
    hostName: string,
    limits: { timeoutMs: number; signal?: AbortSignal | undefined },
  ): Promise<string[]>;
}

/**
 * Creates the names service.
 * @param open how a link is opened; tests put a network of their own here
 */
export const createNames = (options: {
  log: Log;
  interfaces?: () => InterfaceTable;
  now?: () => number;
  open?: OpenLink;
  hostName?: string;
  platform?: NodeJS.Platform;
}): Names => {
  const { interfaces = os.networkInterfaces, now = Date.now, hostName = os.hostname() } = options;
  const log = options.log.area('names');
  const facts = createSystemFacts(options.platform ?? process.platform);
  const links = createLinks({ open: options.open ?? openLink, log });
  const watch = createNetworkWatch({ interfaces, now });
  const listeners = new Set<() => void>();
  const advertiser = createAdvertiser({
    links,
    interfaces,
    hostName,
    log,
    now,
    onChange: () => {
      for (const listener of [...listeners]) listener();
    },
  });
  let stopWatching: (() => void) | undefined;

  const keepUp = (): (() => void) =>
    watch.on(({ kind }) => {
      if (kind === 'minute') return void advertiser.retry();
      log.info(kind === 'wake' ? 'The computer slept: names are announced anew' : 'Addresses changed');
      if (kind === 'wake') links.renew();
      void advertiser.refresh(kind === 'wake');
    });

  const withLinks = async <T>(work: (open: Link[]) => Promise<T>): Promise<T> => {
    const lease = await links.lease(linkPlaces(interfaces()));
    try {
      return await work(lease.links);
    } finally {
      await lease.release();
    }
  };

  const candidates = () => findCandidates(interfaces(), facts());

  return {
    candidates,
    choose: (endpoint) => chooseAddresses(endpoint, candidates()),
    async probe(name, { timeoutMs }) {
      if (!isMdnsName(name)) return { isFree: null, holder: null };
      return withLinks(async (open) => {
        if (open.length === 0) return { isFree: null, holder: null };
        const own = ownAddresses(interfaces());
        const isOurs = (record: Parameters<typeof saysTheSame>[0]) => saysTheSame(record, own, null);
        const holder = await lookForHolder({ name, links: open, isOurs, timeoutMs });
        return { isFree: holder === null, holder };
      });
    },
    async advertise(wanted) {
      stopWatching ??= keepUp();
      await advertiser.advertise(wanted);
    },
    async withdraw() {
      stopWatching?.();
      stopWatching = undefined;
      await advertiser.withdraw();
    },
    state() {
      const wanted = advertiser.wanted();
      const present = ownAddresses(interfaces());
      const names = advertiser.entries();
      const addresses = (wanted?.addresses ?? []).map(canonicalAddress);
      const port = wanted?.port ?? 5000;
      const usable = names.filter(({ name, state }) => state !== 'conflict' && name !== 'localhost');
      const reachable = addresses.filter((address) => scopeOf(address) !== 'loopback');
      return {
        names,
        addresses: addresses.filter((address) => present.has(address)),
        port,
        references: [...usable.map(({ name }) => name), ...reachable].map((host) => hostPort(host, port)),
      };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onAddressesChanged: (listener) =>
      watch.on(({ kind }) => {
        if (kind !== 'minute') listener();
      }),
    async *browse(types, { seconds, signal }) {
      const lease = await links.lease(linkPlaces(interfaces()));
      try {
        yield* browseServices({ types, links: lease.links, seconds, signal, now });
      } finally {
        await lease.release();
      }
    },
    resolve: (hostName, limits) =>
      withLinks((open) => lookUpHost({ name: hostName, links: open, ...limits })),
  };
};
