import { expect, it, vi } from 'vitest';
import type { JobSummary } from '#shared/model/jobs.ts';
import type { Connection } from '../../client.ts';
import { aStatus } from '../../status.fixture.ts';
import { createHomeStore } from './store.ts';

async function* once<Value>(value: Value) {
  yield value;
}

it('knows a run that began and ended while there was no connection', async () => {
  const runs: Pick<JobSummary, 'id'>[] = [];
  const client = {
    app: { info: async () => ({}), watch: async () => once(aStatus()) },
    registry: { events: async () => [], watchEvents: async () => once([]) },
    jobs: { list: vi.fn(async () => [...runs]) },
  };
  let open: (signal: AbortSignal) => void = () => undefined;
  const store = createHomeStore({
    client,
    whileOpen(work: typeof open) {
      open = work;
    },
  } as unknown as Connection);
  open(new AbortController().signal);
  await expect.poll(() => client.jobs.list).toHaveBeenCalledTimes(1);
  runs.push({ id: '7' });
  open(new AbortController().signal);
  await expect.poll(() => store.getState().runs).toEqual([{ id: '7' }]);
});
