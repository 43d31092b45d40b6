import { describe, expect, it } from 'vitest';
import { aRow } from './device.fixture.ts';
import {
  countPicked,
  countUnproven,
  isPicked,
  nothingPicked,
  pick,
  pickAll,
  pullHint,
  refreshed,
  toSelection,
} from './selection.ts';

const [a, b] = [aRow({ id: 'a' }), aRow({ id: 'b', state: 'proven' })];
const counts = { proven: 9000, unproven: 0, outdated: 0, drifted: 12, failed: 43, none: 945 };

describe('single devices', () => {
  it('are ticked and unticked', () => {
    const picked = pick(pick(nothingPicked, [a, b], true), [a], false);
    expect([isPicked(picked, 'a'), isPicked(picked, 'b'), countPicked(picked)]).toEqual([false, true, 1]);
    expect(toSelection(picked)).toEqual({ devices: ['b'] });
  });

  it('are as they are now after the list was read again', () => {
    const picked = pick(nothingPicked, [a, b], true);
    expect(countUnproven(picked)).toBe(1);
    const later = refreshed(picked, [{ ...a, state: 'proven' }], { total: 2, counts });
    expect(countUnproven(later)).toBe(0);
  });
});

describe('everything that matches', () => {
  const all = pickAll({ groups: ['gates'] }, 10_000, counts);
  it('means the filter, also what nobody has read', () => {
    expect(isPicked(all, 'never seen')).toBe(true);
    expect(countPicked(all)).toBe(10_000);
    expect(toSelection(all)).toEqual({ filter: { groups: ['gates'] }, except: [] });
    expect(countUnproven(all)).toBe(1000);
  });

  it('may leave some out', () => {
    const picked = pick(all, [a, b], false);
    expect(countPicked(picked)).toBe(9998);
    expect(toSelection(picked)).toMatchObject({ except: ['a', 'b'] });
    expect(countUnproven(picked)).toBe(999);
    expect(countPicked(pick(picked, [a], true))).toBe(9999);
  });

  it('counts those left out as they are now', () => {
    const picked = pick(all, [b], false);
    const later = { ...counts, proven: 8999, failed: 44 };
    const fresh = refreshed(picked, [{ ...b, state: 'failed' }], { total: 10_000, counts: later });
    expect(countUnproven(fresh)).toBe(1000);
  });

  it('grows with the list', () => {
    expect(countPicked(refreshed(all, [], { total: 10_001, counts }))).toBe(10_001);
  });

  it('knows that failing devices are not proven', () => {
    expect(countUnproven(pickAll({ states: ['failed'] }, 43, counts))).toBe(43);
  });
});

describe('the words under the number', () => {
  it.each([
    [[b], 'It can pull'],
    [[a], 'It cannot pull yet'],
    [[b, { ...b, id: 'c' }], 'All of them can pull'],
    [[a, { ...a, id: 'c' }], 'None of them can pull yet'],
    [[a, b], '1 cannot pull yet'],
  ])('%# tell how many can pull', (rows, text) => {
    expect(pullHint(pick(nothingPicked, rows, true))).toBe(text);
  });

  it('say that the filter is meant', () => {
    expect(pullHint(pickAll({}, 10_000, counts))).toBe('Everything that matches: 1,000 cannot pull yet');
  });
});
