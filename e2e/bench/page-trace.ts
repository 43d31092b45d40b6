import { z } from 'zod';

/** A task of the page's main thread. */
export interface PageTask {
  /** Milliseconds from its begin to its end. */
  wall: number;
  /** Milliseconds of them in which the thread had a processor. */
  work: number;
  /** What took most of the work, for example `FunctionCall 31, UpdateLayoutTree 12`. */
  parts: string;
}

const traceEvent = z.object({
  name: z.string(),
  ph: z.string(),
  pid: z.number(),
  tid: z.number(),
  ts: z.number().default(0),
  /** Microseconds. */
  dur: z.number().optional(),
  /** The same by the clock of the thread. */
  tdur: z.number().optional(),
  args: z.object({ name: z.string().optional() }).optional(),
});
type TraceEvent = z.infer<typeof traceEvent>;
type Slice = TraceEvent & { dur: number };

/** Categories in which Chromium tells of tasks and what is done in them. */
export const taskCategories = [
  'toplevel',
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'v8',
];

const workOf = ({ tdur, dur }: Slice): number => (tdur ?? dur) / 1000;

/** Work by name, each slice without what lies within it. `slices` are in the order of their begin. */
const partsOf = (slices: readonly Slice[]): string => {
  const sums = new Map<string, number>();
  const open: Slice[] = [];
  const put = (name: string, work: number) => sums.set(name, (sums.get(name) ?? 0) + work);
  for (const slice of slices) {
    let outer = open.at(-1);
    while (outer && outer.ts + outer.dur <= slice.ts) {
      open.pop();
      outer = open.at(-1);
    }
    if (outer) put(outer.name, -workOf(slice));
    put(slice.name, workOf(slice));
    open.push(slice);
  }
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([name, work]) => `${name} ${Math.round(work)}`)
    .join(', ');
};

const isTask = ({ name }: TraceEvent): boolean => name.endsWith('RunTask');

/**
 * The tasks of the main thread that took more than `least` milliseconds, and its work in all.
 * @param text a trace of Chromium as JSON
 */
export const readTasks = (text: string, least: number): { tasks: PageTask[]; work: number } => {
  const { traceEvents } = z.object({ traceEvents: z.array(z.unknown()) }).parse(JSON.parse(text));
  const events = traceEvents.flatMap((event) => traceEvent.safeParse(event).data ?? []);
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const slices = events
    .filter((event): event is Slice => event.ph === 'X' && event.dur !== undefined)
    .filter(({ pid, tid }) => mains.has(`${pid} ${tid}`))
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  let end = 0;
  const outermost = slices.filter((slice) => {
    if (!isTask(slice) || slice.ts < end) return false;
    end = slice.ts + slice.dur;
    return true;
  });
  const tasks = outermost
    .filter(({ dur }) => dur / 1000 > least)
    .map((task) => ({
      wall: task.dur / 1000,
      work: workOf(task),
      parts: partsOf(
        slices.filter(
          (slice) => slice.ts >= task.ts && slice.ts + slice.dur <= task.ts + task.dur && !isTask(slice),
        ),
      ),
    }));
  return { tasks, work: outermost.reduce((sum, task) => sum + workOf(task), 0) };
};
