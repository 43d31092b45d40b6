import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import { openStore } from '#electron/store/index.ts';
import { createEvents } from './events.ts';

it('keeps the newest 5,000 events', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mooring-events-'));
  const store = await openStore({ dataDir, log: createLogBook({}).log });
  const events = createEvents(store);
  for (let number = 0; number < 5200; number += 1) {
    events.add({
      ...{ at: '2026-11-21T00:00:00.000Z', action: 'pull', repository: 'a', reference: `t${number}` },
      ...{ digest: null, remote: '10.0.0.1', host: 'h', user: null, agent: 'x' },
    });
    if (number % 500 === 0) events.flush();
  }
  events.flush();
  const all = events.list(10_000);
  expect(all).toHaveLength(5000);
  expect([all[0]?.reference, all.at(-1)?.reference]).toEqual(['t5199', 't200']);
  expect(all[0]).not.toHaveProperty('host');
  store.close();
  await rm(dataDir, { recursive: true });
});
