import { canonicalAddress } from './addresses.ts';
import type { Link, Sender } from './link.ts';
import { compareClaims, isSameName } from './records.ts';
import type { MdnsPacket, MdnsRecord } from './records.ts';
import { wait } from './wait.ts';

/**
 * What asking for a name showed. `ours`: somebody answered, and all of it is about this computer. `unasked`: the
 * system let no question out.
 */
export interface ClaimResult {
  outcome: 'free' | 'ours' | 'taken' | 'unasked';
  /** Address of the other one, when taken. */
  holder: string | null;
}

/** Milliseconds of RFC 6762 section 8.1 and 8.2. */
const pause = { before: 250, between: 250, afterLosing: 1000 };
const probes = 3;
/** A name that is lost this often in tie-breaks belongs to someone who does not answer: give it up. */
const mostLosses = 5;

const isClaim = (record: MdnsRecord): boolean => record.type !== 'NSEC' && record.type !== 'PTR';

/** The records of a response that say who has the name; goodbyes left out. */
export const claimsIn = (packet: MdnsPacket, name: string): MdnsRecord[] =>
  packet.type !== 'response'
    ? []
    : [...(packet.answers ?? []), ...(packet.additionals ?? [])].filter(
        (record) => isSameName(record.name, name) && isClaim(record) && (record.ttl ?? 0) > 0,
      );

/** Names the other one: the sender where the record names it or is no address, else the record's address. */
export const holderOf = (foreign: MdnsRecord[], from: Sender): string => {
  const addresses = foreign.flatMap((record) =>
    record.type === 'A' || record.type === 'AAAA' ? [record.data] : [],
  );
  const first = addresses.find((address) => address.includes('.')) ?? addresses[0];
  return first === undefined || addresses.includes(from.address) ? canonicalAddress(from.address) : first;
};

interface Hearing {
  isAnsweredByUs: boolean;
  holder: string | null;
  hasLostTie: boolean;
}

interface ClaimOptions {
  name: string;
  links: Link[];
  /** The unique records we would publish on that link; empty when only asking. */
  recordsOn: (link: Link) => MdnsRecord[];
  isOurs: (record: MdnsRecord) => boolean;
  signal: AbortSignal;
  /** 0 up to 1; spreads computers that start together. */
  random?: () => number;
}

const listen = (options: ClaimOptions, hearing: Hearing): (() => void) => {
  const { name, links, recordsOn, isOurs } = options;
  const stops = links.map((link) =>
    link.onPacket((packet, from) => {
      const claims = claimsIn(packet, name);
      const foreign = claims.filter((record) => !isOurs(record));
      if (foreign.length > 0) hearing.holder ??= holderOf(foreign, from);
      else if (claims.length > 0) hearing.isAnsweredByUs = true;
      if (packet.type === 'response') return;
      const rival = (packet.authorities ?? []).filter((record) => isSameName(record.name, name));
      const ours = recordsOn(link);
      if (ours.length === 0 || rival.every(isOurs)) return;
      if (compareClaims(ours, rival) < 0) hearing.hasLostTie = true;
    }),
  );
  return () => stops.forEach((stop) => stop());
};

/** True when the question went out somewhere. */
const ask = async (options: ClaimOptions): Promise<boolean> => {
  const sent = await Promise.all(
    options.links.map((link) =>
      link.send({
        type: 'query',
        questions: [{ name: options.name, type: 'ANY' }],
        authorities: options.recordsOn(link),
      }),
    ),
  );
  return sent.includes(true);
};

/** One round of probes; null when a tie was lost and the round must be run again. */
const probeOnce = async (options: ClaimOptions): Promise<ClaimResult | null> => {
  const hearing: Hearing = { isAnsweredByUs: false, holder: null, hasLostTie: false };
  const stop = listen(options, hearing);
  let isAsked = false;
  try {
    for (let sent = 0; sent < probes; sent += 1) {
      isAsked = (await ask(options)) || isAsked;
      await wait(pause.between, options.signal);
      if (hearing.holder !== null) return { outcome: 'taken', holder: hearing.holder };
      if (hearing.hasLostTie) return null;
    }
    if (!isAsked) return { outcome: 'unasked', holder: null };
    return { outcome: hearing.isAnsweredByUs ? 'ours' : 'free', holder: null };
  } finally {
    stop();
  }
};

/**
 * Asks three times whether anyone has a name, on all links at once, and settles ties with others who ask now
 * (RFC 6762 sections 8.1, 8.2). Takes about a second when the name is free.
 */
export const claimName = async (options: ClaimOptions): Promise<ClaimResult> => {
  const { signal, random = Math.random } = options;
  await wait(random() * pause.before, signal);
  for (let losses = 0; losses < mostLosses; losses += 1) {
    const result = await probeOnce(options);
    if (result) return result;
    await wait(pause.afterLosing, signal);
  }
  return { outcome: 'taken', holder: null };
};
