import { expect, test } from 'vitest';
import type { DeviceRun } from '#shared/model/trust.ts';
import { groupRun } from './run-result.ts';

const finding = {
  code: 'EXPIRED_CA',
  path: '/etc/docker/certs.d/registry.local:5000/old.crt',
  title: '',
  cause: '',
  next: '',
  canRepair: true,
} as const;

const jobsWith = (results: Partial<DeviceRun>[]) => ({
  results: () => ({
    items: results.map((result, index) => ({
      id: `d${index}`,
      label: `gate-${index}`,
      detail: '',
      state: 'succeeded' as const,
      message: '',
      wave: 0,
      attempts: 1,
      result: { outcome: 'planned', code: null, message: '2 changes', ...result },
    })),
    total: results.length,
  }),
});

test('devices with other findings need something else, though the same files would be written', async () => {
  const groups = await groupRun(jobsWith([{}, { findings: [finding] }, {}]), '1');
  expect(groups).toMatchObject([
    { count: 2, ids: ['d0', 'd2'], findings: [] },
    { count: 1, ids: ['d1'], findings: [finding] },
  ]);
});
