import { describe, expect, it } from 'vitest';
import { lifeUsed } from './life.ts';

const life = (daysLeft: number) =>
  lifeUsed({ notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-04-11T00:00:00Z', daysLeft });

describe('life of a certificate', () => {
  it('runs from 0 to 1', () => {
    expect([life(100), life(25), life(0), life(-5), life(101)]).toEqual([0, 0.75, 1, 1, 0]);
  });
});
