import type { JobSummary, JobView } from '#shared/model/jobs.ts';
import { gcResult, type GcResult, verifyResult, type VerifyResult } from '#shared/model/storage.ts';
import { formatBytes, plural } from '../../format.ts';

export type StoreKind = 'registry.gc' | 'registry.verify';

/** Percent of a job's only item, null while it cannot be counted. */
export const percentOf = (job: Pick<JobView, 'state' | 'running'>): number | null => {
  if (job.state !== 'running') return 100;
  const { done = 0, total = 0 } = job.running[0]?.progress ?? {};
  return total > 0 ? Math.floor((100 * done) / total) : null;
};

/** `12 MB of 1.2 GB`, empty where bytes are not counted. */
export const bytesOf = (job: Pick<JobView, 'running'>): string => {
  const progress = job.running[0]?.progress;
  return progress?.unit === 'bytes' ? `${formatBytes(progress.done)} of ${formatBytes(progress.total)}` : '';
};

/** The job a card shows: the one it started, else the one that runs, started by whomever. */
export const shownJob = (
  own: string | null,
  running: readonly JobSummary[],
  kind: StoreKind,
): string | null => running.find((job) => job.kind === kind)?.id ?? own;

export const gcResultOf = (job: Pick<JobView, 'state' | 'result'> | null): GcResult | null =>
  job?.state === 'succeeded' ? (gcResult.safeParse(job.result).data ?? null) : null;

export const verifyResultOf = (job: Pick<JobView, 'result'> | null): VerifyResult | null =>
  verifyResult.safeParse(job?.result).data ?? null;

/** `1.2 GB in 14 blobs, with 3 untagged images`. */
export const gcWords = ({ freedBytes, blobs, manifests }: GcResult): string =>
  `${formatBytes(freedBytes)} in ${plural(blobs, 'blob')}${manifests > 0 ? `, with ${plural(manifests, 'untagged manifest')}` : ''}`;

const GB = 1e9;

/** A field of the limits form: empty means none. */
export const toBytes = (gigabytes: number | string): number | null => {
  const value = typeof gigabytes === 'number' ? gigabytes : Number.parseFloat(gigabytes);
  return Number.isFinite(value) && value >= 0 ? Math.round(value * GB) : null;
};
export const toGigabytes = (bytes: number | null): number | '' => (bytes === null ? '' : bytes / GB);
