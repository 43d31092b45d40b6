import type { Job, JobItem, JobKind, JobSummary, JobView, RunOptions } from '#shared/model/jobs.ts';
import type { ItemWork } from './fleet.ts';
import type { ItemFilter, ItemResult, Page } from './rows.ts';

/** What a running piece of work gets: how to be cancelled and how to say where it is. */
export interface JobContext {
  id: string;
  signal: AbortSignal;
  item(id: string, patch: Partial<Pick<JobItem, 'phase' | 'state' | 'message' | 'error' | 'progress'>>): void;
}

/** What a job is about before it runs. */
export interface JobStart {
  kind: JobKind;
  title: string;
  items?: readonly { id: string; label: string }[];
}

/** One item of a run; `detail` comes back with its result. */
export interface RunItem {
  id: string;
  label: string;
  detail: string;
}

/** A kind of job that does one thing to each of many items, so that it can be paused, resumed and repeated. */
export interface RunKind {
  /** Reads the stored order, and what all items need. @throws AppError when it cannot begin */
  prepare(order: unknown): Promise<ItemWork>;
  title(order: unknown, items: readonly RunItem[]): string;
  /** The job's result, made of what its items yielded. */
  compose(items: readonly ItemResult[], about: RunTally): unknown;
}

/** How many items ended in which way ('' counts those that have not ended), and how long the run was at work. */
export interface RunTally {
  outcomes: Record<string, number>;
  seconds: number;
}

export interface RunStart {
  kind: JobKind;
  /** Stored as JSON, so nothing secret; `prepare` reads it. */
  order: unknown;
  items: readonly RunItem[];
  options: RunOptions;
}

/** Long work: starts at once, is watched as whole states, cancelled by id, kept in the history. */
export interface Jobs {
  start<R>(about: JobStart, work: (context: JobContext) => Promise<R>): JobSummary;
  /** Says how runs of this kind are done; before the first of them. */
  define(kind: JobKind, how: RunKind): void;
  /** @throws AppError NO_DEVICES; as `RunKind.prepare` */
  run(about: RunStart): Promise<JobSummary>;
  /** Newest first. */
  list(limit?: number): JobSummary[];
  get(id: string): Job;
  view(id: string): JobView;
  items(id: string, filter: ItemFilter, page: Page): { items: JobItem[]; total: number };
  /** What the items of a run yielded. */
  results(id: string, filter: ItemFilter, page: Page): { items: ItemResult[]; total: number };
  tally(id: string): RunTally;
  /** How the job stands at once and after each change, at most ten times a second, until it has ended for good. */
  watch(id: string, signal?: AbortSignal): AsyncGenerator<JobView, void>;
  /** Asks the work to stop; cancelling an ended job changes nothing. */
  cancel(id: string): JobSummary;
  /** Nothing new starts, now or after the wave that runs. @throws AppError JOB_NOT_PAUSABLE */
  pause(id: string, when?: 'now' | 'wave'): JobSummary;
  /** Goes on with what is not done. @throws AppError JOB_NOT_RESUMABLE, or as `RunKind.prepare` */
  resume(id: string): Promise<JobSummary>;
  /** Does again what failed, was cancelled or never begun, as a new job. @throws AppError NOTHING_TO_RETRY, or as `RunKind.prepare` */
  retry(id: string, code?: string): Promise<JobSummary>;
  /** The job once it no longer runs. */
  finished(id: string, signal?: AbortSignal): Promise<Job>;
  running(): JobSummary[];
  onChange(listener: () => void): () => void;
  /** Ends what runs and waits for it; the next app can resume runs. */
  close(): Promise<void>;
}
