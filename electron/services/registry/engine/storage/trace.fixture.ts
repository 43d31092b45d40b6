import { dirname } from 'node:path';

/** One call that changes the file system, or `answer`: the client has been told. Paths are relative to the store. */
export type Step =
  | { call: 'write' | 'fsync' | 'mkdir' | 'remove'; path: string }
  | { call: 'rename'; path: string; to: string }
  | { call: 'answer'; path: string };

const isBelow = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
/** What lies there is not visible yet: sessions and staged files may be lost with the power. */
const isPrivate = (path: string) => /(^|\/)_mooring\/(uploads\/[^/]+|staging)(\/|$)/.test(path);

/**
 * What in a trace could lose something that the client was told: a visible change needs its bytes written and synced
 * before the rename, and the folders it and its new parents lie in synced after it, before the answer.
 * @returns one line each
 */
export const findLosses = (trace: readonly Step[]): string[] => {
  const losses: string[] = [];
  const answer = trace.findIndex(({ call }) => call === 'answer');
  const end = answer < 0 ? trace.length : answer;
  const isSyncedBetween = (path: string, from: number, to: number) =>
    trace.slice(from, to).some((step) => step.call === 'fsync' && step.path === path);
  trace.forEach((step, index) => {
    if (step.call === 'answer') return;
    if (index > end) {
      if (!isPrivate(step.path) && step.call !== 'fsync')
        losses.push(`${step.call} ${step.path} after the answer`);
      return;
    }
    if (step.call === 'write' && !isPrivate(step.path)) losses.push(`${step.path} was written in place`);
    if (step.call === 'mkdir' && !isPrivate(step.path) && !isSyncedBetween(dirname(step.path), index, end))
      losses.push(`the new folder ${step.path} is not on disk`);
    if (step.call === 'remove' && !isPrivate(step.path) && !isSyncedBetween(dirname(step.path), index, end))
      losses.push(`the removal of ${step.path} is not on disk`);
    if (step.call !== 'rename' || (isPrivate(step.path) && isPrivate(step.to))) return;
    const folder = isPrivate(step.to) ? dirname(step.path) : dirname(step.to);
    if (!isSyncedBetween(folder, index, end)) losses.push(`the rename to ${step.to} is not on disk`);
    if (isPrivate(step.to)) return;
    const written = new Set(
      trace
        .slice(0, index)
        .flatMap((one) => (one.call === 'write' && isBelow(one.path, step.path) ? [one.path] : [])),
    );
    for (const path of written) {
      const last = trace.slice(0, index).findLastIndex((one) => one.call === 'write' && one.path === path);
      if (!isSyncedBetween(path, last, index))
        losses.push(`${path} was renamed before its bytes were on disk`);
    }
  });
  return losses;
};
