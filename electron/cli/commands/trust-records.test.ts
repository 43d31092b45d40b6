import { expect, test } from 'vitest';
import type { TrustStatus } from '#shared/model/trust.ts';
import { statusLines } from './trust-records.ts';

const at = '2026-11-26T10:00:00.000Z';
const name = 'registry.local:5000';
type Cell = TrustStatus['cells'][number];

const status = (...cells: Partial<Cell>[]): TrustStatus => ({
  devices: cells.map((_, index) => ({
    ...{ id: `d${index}`, name: `gate-${index}`, address: '', state: 'proven', code: null },
    ...{ lastRunAt: at, lastProofAt: at },
  })),
  names: [name],
  runtimes: ['docker'],
  cells: cells.map((cell, index) => ({
    ...{ device: `d${index}`, name, runtime: 'docker', user: null, level: 'engine', isProven: true },
    ...{ at, fingerprint: null, code: null, ...cell },
  })),
});

test('a pull of the engine is the only one that is called so', () => {
  const cheap = { isProven: false, code: 'NO_ENGINE' };
  const lines = statusLines(
    status(
      {},
      { isProven: false, code: 'NAME_UNREACHABLE' },
      { ...cheap, level: 'tls' },
      { ...cheap, level: 'files' },
    ),
  );
  expect(lines[1]).toContain('● pulled 2026-11-26 10:00');
  expect(lines[2]).toContain('✕ NAME_UNREACHABLE');
  expect(lines[3]).toContain('◐ handshake only');
  expect(lines[4]).toContain('○ files only');
});
