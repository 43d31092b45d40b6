import type { JobSummary } from '#shared/model/jobs.ts';
import type { RegistryEvent } from '#shared/model/registry.ts';
import { links } from '../../app/route.ts';
import { jobWords } from '../runs/run-view.ts';
import { eventWords } from './event-words.ts';

export interface Activity {
  key: string;
  at: string;
  what: string;
  /** Who did it, or how it ended. */
  who: string;
  /** Where more is told. */
  link: string | null;
}

/** What happened at the registry and on devices, newest first. */
export const activityOf = (
  events: RegistryEvent[],
  runs: JobSummary[],
  names: ReadonlyMap<string, string>,
): Activity[] =>
  [
    ...events.map((event) => ({
      key: `event ${event.id}`,
      at: event.at,
      link: null,
      ...eventWords(event, names),
    })),
    ...runs.map((run) => ({
      key: `run ${run.id}`,
      at: run.endedAt ?? run.startedAt,
      what: run.title,
      who: run.failed > 0 ? `${jobWords(run).label}: ${run.failed} of ${run.total}` : jobWords(run).label,
      link: links.job(run),
    })),
  ].sort((a, b) => b.at.localeCompare(a.at));
