import type { Device } from '#shared/model/devices.ts';

export interface KeyComparison {
  type: string;
  /** What the device shows now. */
  fingerprint: string;
  verdict: 'same' | 'new' | 'changed';
  /** What was confirmed for this type, on a change. */
  expected: string | null;
}

/** Keys shown now against those confirmed, type by type. */
export const compareKeys = (
  confirmed: Pick<Device['hostKeys'][number], 'type' | 'fingerprint'>[],
  shown: { type: string; fingerprint: string }[],
): KeyComparison[] =>
  shown.map(({ type, fingerprint }) => {
    if (confirmed.some((key) => key.fingerprint === fingerprint)) {
      return { type, fingerprint, verdict: 'same', expected: null };
    }
    const expected = confirmed.find((key) => key.type === type)?.fingerprint ?? null;
    return { type, fingerprint, verdict: expected === null ? 'new' : 'changed', expected };
  });

/** Keys a person has to decide about: those that differ from a confirmed one, or all while none is confirmed. */
export const keysToDecide = (keys: KeyComparison[]): KeyComparison[] => {
  const changed = keys.filter((key) => key.verdict === 'changed');
  if (changed.length > 0) return changed;
  return keys.some((key) => key.verdict === 'same') ? [] : keys;
};
