import { expect, test } from 'vitest';
import { aView } from '#shared/model/jobs.fixture.ts';
import type { JobItem, JobView } from '#shared/model/jobs.ts';
import { createImportProgress, createItemProgress, createSumProgress } from './progress.ts';

const listen = () => {
  const lines: string[] = [];
  return { lines, out: { note: (line: string) => void lines.push(line) } };
};

const view = (patch: Partial<JobView>) => aView({ total: 1000, ...patch });

test('a run over hundreds is told in sums: by tenths, and each new cause once', () => {
  const { lines, out } = listen();
  const tell = createSumProgress(out, () => 0);
  const cause = {
    code: 'DISK_FULL',
    title: 'The disk of the device is full',
    next: '',
    count: 1,
    isRetryable: false,
  };
  for (let done = 0; done <= 1000; done += 1) {
    const failed = done > 500 ? 1 : 0;
    tell(
      view({
        done,
        failed,
        perSecond: 50,
        causes: failed ? [cause] : [],
        ...(done === 1000 && { state: 'failed' }),
      }),
    );
  }
  expect(lines).toHaveLength(12);
  expect(lines[1]).toBe('… 100 of 1000 done, 0 failed, 50.0 a second');
  expect(lines.filter((line) => line.includes('The disk'))).toEqual(['✕ The disk of the device is full']);
  expect(lines.at(-1)).toBe('… 1000 of 1000 done, 1 failed');
});

test('without progress the seconds are enough, and waves are named', () => {
  const { lines, out } = listen();
  let time = 0;
  const tell = createSumProgress(out, () => time);
  const wave = { index: 0, total: 1, done: 1, failed: 0, state: 'done' } as const;
  const waves = [wave, { ...wave, index: 1, total: 999, done: 0, state: 'running' as const }];
  for (time = 0; time <= 10_000; time += 100) tell(view({ done: 1, waves }));
  expect(lines).toEqual(Array(3).fill('… wave 2 of 2, 1 of 1000 done, 0 failed'));
});

test('a few devices are told phase by phase', () => {
  const { lines, out } = listen();
  const tell = createItemProgress(out);
  const item = { id: 'a', label: 'gate-1', wave: 0, code: null, error: null, attempts: 1 };
  const states: [string, JobItem['state'], string][] = [
    ['', 'waiting', ''],
    ['Connect', 'running', ''],
    ['Connect', 'running', ''],
    ['Write', 'running', ''],
    ['Record', 'succeeded', '5 changes'],
  ];
  for (const [phase, state, message] of states) tell([{ ...item, phase, state, message }]);
  expect(lines).toEqual(['… gate-1  Connect', '… gate-1  Write', '✓ gate-1  5 changes']);
});

test('an import of many is told by tenths, one of few is not', () => {
  const { out, lines } = listen();
  const state = { result: null, done: 0, total: 10_000 };
  const tell = createImportProgress(out);
  tell({ ...state, step: 'read', total: 0 });
  for (const done of [0, 400, 1500, 1900, 10_000]) tell({ ...state, step: 'prepare', done });
  tell({ ...state, step: 'write', done: 10_000 });
  createImportProgress(out)({ ...state, step: 'write', total: 20 });
  expect(lines).toEqual([
    '… 0 of 10000 lines ready',
    '… 1500 of 10000 lines ready',
    '… 10000 of 10000 lines ready',
    '… writing 10000 lines',
  ]);
});
