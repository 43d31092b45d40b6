import { expect, test } from 'vitest';
import type { JournalEntry } from '#shared/model/trust.ts';
import { journalCsv, journalJson } from './journal-export.ts';

const entry: JournalEntry = {
  id: 7,
  at: '2026-11-26T10:00:00.000Z',
  who: 'ada@workshop',
  jobId: 'j1',
  deviceId: 'd1',
  device: 'gate-1',
  address: '10.0.0.7',
  run: 'push',
  action: 'create',
  kind: 'file',
  path: '/etc/docker/certs.d/registry.local:5000/mooring-ca.crt',
  beforeSha256: null,
  afterSha256: 'ab'.repeat(32),
  mode: '0644',
};

test('one line an entry, after the names of the columns', () => {
  const [head, line, rest] = journalCsv([entry]).split('\r\n');
  expect(head).toBe(
    'id,at,who,jobId,deviceId,device,address,run,action,kind,path,beforeSha256,afterSha256,mode',
  );
  expect(line).toBe(
    `7,2026-11-26T10:00:00.000Z,ada@workshop,j1,d1,gate-1,10.0.0.7,push,create,file,${entry.path},,${entry.afterSha256},0644`,
  );
  expect(rest).toBe('');
});

test('a name that begins like a formula is text, and one with commas and quotes stays one cell', () => {
  const cellOf = (device: string) =>
    journalCsv([{ ...entry, device }])
      .split('\r\n')[1]
      ?.slice(42);
  for (const sign of ['=', '+', '-', '@']) expect(cellOf(`${sign}1+1`)).toContain(`,"'${sign}1+1",`);
  expect(cellOf('hall "A", gate')).toContain(',"hall ""A"", gate",');
});

test('JSON holds the same entries', () => {
  expect(JSON.parse(journalJson([entry]))).toEqual([entry]);
});
