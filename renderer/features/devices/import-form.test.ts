import { expect, test } from 'vitest';
import { progressWords } from './import-form.ts';

test('an import says what it does, and counts what can be counted', () => {
  const steps = ['read', 'prepare', 'write'] as const;
  expect(steps.map((step) => progressWords({ step, done: 3000, total: 10_000 }))).toEqual([
    'Reading',
    '3,000 of 10,000 lines ready',
    'Writing',
  ]);
});
