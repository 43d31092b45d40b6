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
    ...{ at, fingerprint: null, code: null, mark: 'pulled', ...cell },
  })),
});

test('a pull of the engine is the only one that is called so', () => {
  const cheap = { isProven: false, code: 'NO_ENGINE' };
  const lines = statusLines(
    status(
      {},
      { mark: 'refused', isProven: false, code: 'NAME_UNREACHABLE' },
      { ...cheap, mark: 'handshake', level: 'tls' },
      { ...cheap, mark: 'files', level: 'files' },
    ),
  );
  expect(lines[1]).toContain('● pulled 2026-11-26 10:00');
  expect(lines[2]).toContain('✕ NAME_UNREACHABLE');
  expect(lines[3]).toContain('◐ handshake only');
  expect(lines[4]).toContain('○ files only');
});

test('of devices that were proven before the CA was replaced it says so, and what to do', () => {
  const found = status({ mark: 'former-ca' }, {});
  const [first, second] = found.devices;
  if (first) Object.assign(first, { state: 'outdated', code: 'CA_REPLACED' });
  const lines = statusLines({ ...found, devices: [first, second].filter((device) => device !== undefined) });
  expect(lines[1]).toMatch(/outdated .*! by a former CA/);
  expect(lines).toContain('2 devices, 1 of them proven by a pull of their own engine');
  expect(lines.at(-1)).toBe(
    '1 × The device trusts an older CA. Push trust to put the CA of today on it. (mooring trust push --state outdated)',
  );
});
