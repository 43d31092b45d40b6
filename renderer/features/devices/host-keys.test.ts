import { describe, expect, it } from 'vitest';
import { compareKeys, keysToDecide } from './host-keys.ts';

const ed = (fingerprint: string) => ({ type: 'ssh-ed25519', fingerprint });
const rsa = (fingerprint: string) => ({ type: 'ssh-rsa', fingerprint });

describe('host keys', () => {
  it('compares by type', () => {
    expect(compareKeys([ed('A')], [ed('A'), rsa('R')]).map(({ verdict }) => verdict)).toEqual([
      'same',
      'new',
    ]);
    expect(compareKeys([ed('A')], [ed('B')])).toEqual([
      { type: 'ssh-ed25519', fingerprint: 'B', verdict: 'changed', expected: 'A' },
    ]);
  });

  it('asks only about a changed key, or about all while none is confirmed', () => {
    const toDecide = (confirmed: ReturnType<typeof ed>[], shown: ReturnType<typeof ed>[]) =>
      keysToDecide(compareKeys(confirmed, shown)).map(({ fingerprint }) => fingerprint);
    expect(toDecide([ed('A')], [ed('A'), rsa('R')])).toEqual([]);
    expect(toDecide([ed('A')], [ed('B'), rsa('R')])).toEqual(['B']);
    expect(toDecide([], [ed('A'), rsa('R')])).toEqual(['A', 'R']);
  });
});
