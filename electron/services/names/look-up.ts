import { isIPv4 } from 'node:net';
import { canonicalAddress, scopeOf } from './addresses.ts';
import { claimsIn, holderOf } from './claim.ts';
import type { Link } from './link.ts';
import { isSameName } from './records.ts';
import type { MdnsPacket, MdnsRecord } from './records.ts';
import { wait } from './wait.ts';

/** Milliseconds after the start at which a question is put again: avahi is silent for 500 ms after an answer. */
const repeats = [250, 750, 2000, 5000];
/** Milliseconds more after the first answer: the other family, the other interfaces. */
const grace = 60;

const sendAll = (links: Link[], packet: MdnsPacket): Promise<boolean[]> =>
  Promise.all(links.map((link) => link.send(packet)));

/** Asks on all links, again and again, until `signal` ends it. */
const keepAsking = async (links: Link[], packet: MdnsPacket, signal: AbortSignal): Promise<void> => {
  await sendAll(links, packet);
  let passed = 0;
  for (const at of repeats) {
    await wait(at - passed, signal);
    passed = at;
    await sendAll(links, packet);
  }
};

const addressesIn = (packet: MdnsPacket, name: string, link: Link): string[] =>
  claimsIn(packet, name).flatMap((record) => {
    if (record.type !== 'A' && record.type !== 'AAAA') return [];
    const address = canonicalAddress(record.data);
    const isScoped = record.type === 'AAAA' && scopeOf(address) === 'link-local';
    return isScoped ? `${address}%${link.place.name}` : address;
  });

const linkLocal = 2;
const preference = (address: string): number => (isIPv4(address) ? 0 : address.includes('%') ? linkLocal : 1);

const aliasIn = (packet: MdnsPacket, name: string): string | undefined =>
  claimsIn(packet, name).find((record) => record.type === 'CNAME')?.data as string | undefined;

/**
 * Addresses of a .local host, IPv4 first; IPv6 link-local ones only where there are no others, then with
 * their interface (`fe80::1%eth0`). Empty when nobody answers in `timeoutMs`. Rejects with the signal's reason.
 */
export const lookUpHost = async (options: {
  name: string;
  links: Link[];
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}): Promise<string[]> => {
  const { links, timeoutMs, signal } = options;
  const name = options.name.replace(/\.$/, '');
  signal?.throwIfAborted();
  const found = new Set<string>();
  const names = [name];
  const done = new AbortController();
  const query = (host: string): MdnsPacket => ({
    type: 'query',
    questions: [
      { name: host, type: 'A' },
      { name: host, type: 'AAAA' },
    ],
  });
  const end = (ms: number) =>
    wait(ms, done.signal).then(
      () => done.abort(),
      () => undefined,
    );
  const stops = links.map((link) =>
    link.onPacket((packet) => {
      for (const host of names) {
        const alias = aliasIn(packet, host);
        if (alias !== undefined && names.length < 4 && !names.some((one) => isSameName(one, alias))) {
          names.push(alias);
          void sendAll(links, query(alias));
        }
        for (const address of addressesIn(packet, host, link)) found.add(address);
      }
      if (found.size > 0) void end(grace);
    }),
  );
  const cancel = () => done.abort();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    void end(timeoutMs);
    await keepAsking(links, query(name), done.signal).catch(() => undefined);
    if (!done.signal.aborted) await wait(timeoutMs, done.signal).catch(() => undefined);
  } finally {
    signal?.removeEventListener('abort', cancel);
    for (const stop of stops) stop();
  }
  signal?.throwIfAborted();
  const all = [...found].toSorted((a, b) => preference(a) - preference(b));
  const routable = all.filter((address) => preference(address) < linkLocal);
  return routable.length > 0 ? routable : all;
};

/** Who answers for `name` with anything that is not about this computer; null when nobody does in time. */
export const lookForHolder = async (options: {
  name: string;
  links: Link[];
  isOurs: (record: MdnsRecord) => boolean;
  timeoutMs: number;
}): Promise<string | null> => {
  const { name, links, isOurs, timeoutMs } = options;
  const done = new AbortController();
  let holder: string | null = null;
  const stops = links.map((link) =>
    link.onPacket((packet, from) => {
      const foreign = claimsIn(packet, name).filter((record) => !isOurs(record));
      if (foreign.length === 0) return;
      holder ??= holderOf(foreign, from);
      done.abort();
    }),
  );
  const asking = keepAsking(links, { type: 'query', questions: [{ name, type: 'ANY' }] }, done.signal);
  asking.catch(() => undefined);
  await wait(timeoutMs, done.signal).catch(() => undefined);
  done.abort();
  for (const stop of stops) stop();
  return holder;
};
