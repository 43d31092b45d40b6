import type { JobItem, JobSummary, JobView } from '#shared/model/jobs.ts';
import type { Client } from '#electron/serve/attach.ts';
import { isSet, textOf, UsageError, type Command, type Flag, type Input } from '../command.ts';
import type { Context } from '../context.ts';
import { followItems, followRun } from '../jobs.ts';
import { facts, table } from '../output.ts';
import { exitCodeOf, runLines } from '../run-text.ts';
import { withApp } from '../session.ts';

const idOf = ({ words }: Input): string => {
  const [id, ...more] = words;
  if (id !== undefined && more.length === 0) return id;
  throw new UsageError('Name one job', 'Take its id from `mooring jobs list`.');
};

const summaryRow = ({ id, state, done, total, failed, title, startedAt }: JobSummary): string[] => [
  id,
  startedAt.slice(0, 16).replace('T', ' '),
  failed > 0 && state !== 'running' ? `${state}, ${failed} failed` : state,
  `${done}/${total}`,
  title,
];

const list: Command = {
  name: 'jobs list',
  words: '',
  summary: 'Lists runs and other long work, newest first.',
  flags: {},
  run: (context) =>
    withApp(context, 'none', async ({ client }) => {
      const jobs = await client.jobs.list({ limit: 50 });
      context.out.result(jobs, () => table(jobs.map(summaryRow)));
      return 0;
    }),
};

const pageSize = 500;

const itemsOf = async (client: Client, id: string, states?: JobItem['state'][]): Promise<JobItem[]> => {
  const items: JobItem[] = [];
  for (;;) {
    const page = await client.jobs.items({
      id,
      offset: items.length,
      limit: pageSize,
      ...(states && { states }),
    });
    items.push(...page.items);
    if (page.items.length === 0 || items.length >= page.total) return items;
  }
};

const viewOf = async (client: Client, id: string): Promise<JobView> => {
  for await (const view of await client.jobs.watch({ id })) return view;
  throw new Error('the job said nothing');
};

const showLines = (view: JobView, items: readonly JobItem[]): string[] => {
  const waves = view.waves.map(({ state, done, total }) => `${done}/${total} ${state}`);
  return [
    ...facts([
      ['Job', `${view.title} (${view.id})`],
      ['State', view.note ? `${view.state}: ${view.note}` : view.state],
      ['Done', `${view.done} of ${view.total}, ${view.failed} failed`],
      ['Waves', waves.length > 1 ? waves.join(', ') : ''],
    ]),
    ...view.causes.flatMap(({ count, title, code, next }) => [
      `${count} × ${title} (${code})`,
      `    → ${next}`,
    ]),
    ...table(
      items.map(({ label, state, attempts, message }) => [`  ${label}`, state, `${attempts}`, message]),
    ),
  ];
};

const show: Command = {
  name: 'jobs show',
  words: 'JOB',
  summary: 'Shows how a job stands, and each of its devices.',
  flags: { failed: { type: 'boolean', help: 'only devices that failed' } },
  run: (context, input) =>
    withApp(context, 'none', async ({ client }) => {
      const id = idOf(input);
      const view = await viewOf(client, id);
      const items = await itemsOf(client, id, isSet(input, 'failed') ? ['failed'] : undefined);
      context.out.result({ ...view, items }, () => showLines(view, items));
      return 0;
    }),
};

const cancel: Command = {
  name: 'jobs cancel',
  words: 'JOB',
  summary: 'Cancels a job; devices in the middle are left whole.',
  flags: {},
  run: (context, input) =>
    withApp(context, 'none', async ({ client }) => {
      const job = await client.jobs.cancel({ id: idOf(input) });
      context.out.result(job, () => [`${job.title}: ${job.state === 'running' ? 'cancelling' : job.state}`]);
      return 0;
    }),
};

const pause: Command = {
  name: 'jobs pause',
  words: 'JOB',
  summary: 'Begins with no more devices; those in the middle are finished.',
  flags: { 'after-wave': { type: 'boolean', help: 'only after the wave that runs now' } },
  run: (context, input) =>
    withApp(context, 'none', async ({ client }) => {
      const when = isSet(input, 'after-wave') ? 'wave' : 'now';
      const job = await client.jobs.pause({ id: idOf(input), when });
      context.out.result(job, () => [`${job.title}: pausing`]);
      return 0;
    }),
};

/** To the end of work that is no run of trust, then shows it as `jobs show` does. */
const followOther = async (context: Context, client: Client, id: string): Promise<number> => {
  const items = await followItems(context, client, id);
  const view = await viewOf(client, id);
  context.out.result({ ...view, items }, () => showLines(view, items));
  return items.every(({ state }) => state === 'succeeded' || state === 'unchanged') ? 0 : 1;
};

/** Goes on with a run, or with a new one like it, to its end. */
const runAgain = (
  name: string,
  summary: string,
  flags: Record<string, Flag>,
  begin: (client: Client, id: string, input: Input) => Promise<string>,
): Command => ({
  name,
  words: 'JOB',
  summary,
  flags,
  run: (context: Context, input) =>
    // A run may end in proofs, which are pulls; one that does not is not kept from going on.
    withApp(context, 'wanted', async ({ client }) => {
      const id = idOf(input);
      const { kind } = await viewOf(client, id);
      const jobId = await begin(client, id, input);
      if (!kind.startsWith('trust.')) return followOther(context, client, jobId);
      const run = await followRun(context, client, jobId);
      context.out.result(run, () => runLines(run));
      return exitCodeOf(run);
    }),
});

const resume = runAgain(
  'jobs resume',
  'Goes on with what a paused or interrupted run has not done.',
  {},
  async (client, id) => (await client.jobs.resume({ id })).id,
);

const retry = runAgain(
  'jobs retry',
  'Does again what failed in a run, was cancelled or left out.',
  { code: { type: 'string', value: 'CODE', help: 'only devices that failed with this code' } },
  async (client, id, input) => {
    const code = textOf(input, 'code');
    return (await client.jobs.retry({ id, ...(code !== undefined && { code }) })).jobId;
  },
);

export const jobCommands = [list, show, retry, cancel, pause, resume];
