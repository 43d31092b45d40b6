import type { MetDevice, SeenHostKey } from '#shared/model/devices.ts';

export type Verdict = MetDevice['verdict'];

/** Devices that were met by what came of it, each list by name as a person counts. */
export const byVerdict = (met: readonly MetDevice[]): Record<Verdict, MetDevice[]> => {
  const order = new Intl.Collator('en', { numeric: true });
  const sorted = met.toSorted((one, other) => order.compare(one.name, other.name));
  const lists: Record<Verdict, MetDevice[]> = { new: [], same: [], changed: [], failed: [] };
  for (const device of sorted) lists[device.verdict].push(device);
  return lists;
};

/** How many devices show each key: more than one have it from the same image, or are the same machine. */
export const countKeys = (met: readonly MetDevice[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { hostKey } of met) {
    if (hostKey) counts.set(hostKey.fingerprint, (counts.get(hostKey.fingerprint) ?? 0) + 1);
  }
  return counts;
};

/** What is confirmed: the new keys of ticked devices, and no changed one. */
export const keysToAccept = (met: readonly MetDevice[], ticked: ReadonlySet<string>): SeenHostKey[] =>
  met.flatMap(({ id, port, hostKey, verdict }) =>
    verdict === 'new' && hostKey && ticked.has(id) ? [{ device: id, port, ...hostKey }] : [],
  );
