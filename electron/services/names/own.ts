import { ownAddresses } from './addresses.ts';
import type { InterfaceTable } from './addresses.ts';
import { isSameName } from './records.ts';
import type { MdnsRecord } from './records.ts';

/** Milliseconds an address still counts as ours after it went away: echoes of it are no conflict. */
const remembered = 120_000;

/** Remembers the addresses of this computer, the latest ones that went away included. */
export const createOwnAddresses = (interfaces: () => InterfaceTable, now: () => number) => {
  const lastSeen = new Map<string, number>();
  return {
    look() {
      for (const address of ownAddresses(interfaces())) lastSeen.set(address, now());
      for (const [address, at] of lastSeen) if (now() - at > remembered) lastSeen.delete(address);
    },
    has: (address: string): boolean => lastSeen.has(address),
  };
};

/**
 * Whether a record heard on the network says what this computer says: its addresses, or its service. Anything
 * else at a name of ours makes a conflict (RFC 6762 section 9).
 */
export const saysTheSame = (
  record: MdnsRecord,
  own: { has(address: string): boolean },
  service: { names: string[]; port: number } | null,
): boolean => {
  if (record.type === 'A' || record.type === 'AAAA') return own.has(record.data);
  if (record.type === 'CNAME') return false;
  if (record.type !== 'SRV') return true;
  const { port, target } = record.data;
  return port === service?.port && service.names.some((name) => isSameName(name, target));
};
