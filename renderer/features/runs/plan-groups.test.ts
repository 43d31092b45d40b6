import { describe, expect, it } from 'vitest';
import type { PlanGroup, TrustFinding } from '#shared/model/trust.ts';
import { changeWords, foreignOf, repairsOf, toneOf } from './plan-groups.ts';

const change = (
  action: PlanGroup['changes'][number]['action'],
  path: string,
  note = '',
): PlanGroup['changes'][number] => ({ action, kind: 'file', path, note });
const finding = (path: string, canRepair: boolean): TrustFinding => ({
  code: 'EXPIRED_CA',
  path,
  title: `${path} is a CA that has expired`,
  cause: '',
  next: '',
  canRepair,
});
const group = (patch: Partial<PlanGroup>): PlanGroup => ({
  title: 'Needs the CA',
  outcome: 'planned',
  code: null,
  next: '',
  count: 1,
  changes: [],
  findings: [],
  ids: ['a'],
  ...patch,
});

describe('a plan', () => {
  it('counts files by what happens to them', () => {
    const changes = [
      change('create', '/a'),
      change('create', '/b'),
      change('replace', '/c'),
      change('keep', '/d'),
      { ...change('create', '/e'), kind: 'folder' as const },
    ];
    expect(changeWords({ changes })).toBe('create 2 files, replace 1 file');
    expect(changeWords({ changes: [change('keep', '/d')] })).toBe('');
    expect(toneOf(group({ outcome: 'unchanged' }))).toBe('ok');
    expect(toneOf(group({ outcome: 'failed' }))).toBe('bad');
  });

  it('asks once for a file that several groups have', () => {
    const groups = [
      group({
        count: 3,
        changes: [change('keep', '/x.crt', 'another CA')],
        findings: [finding('/y.crt', true)],
      }),
      group({
        count: 2,
        changes: [change('keep', '/x.crt', 'another CA'), change('keep', '/fine')],
        findings: [finding('/y.crt', true), finding('/z.crt', false)],
      }),
    ];
    expect(foreignOf(groups)).toEqual([{ path: '/x.crt', words: 'another CA', count: 5 }]);
    expect(repairsOf(groups)).toMatchObject([{ path: '/y.crt', count: 5 }]);
  });
});
