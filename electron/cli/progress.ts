import type { ImportState } from '#shared/model/device-import.ts';
import type { JobItem, JobView } from '#shared/model/jobs.ts';
import type { Output } from './output.ts';

const signs: Record<JobItem['state'], string> = {
  waiting: ' ',
  running: '…',
  succeeded: '✓',
  unchanged: '=',
  failed: '✕',
  cancelled: '-',
};

/** More items than this are told in sums: a line a phase would be unreadable. */
export const mostTold = 20;

/** Tells each phase of each item once. */
export const createItemProgress = (out: Pick<Output, 'note'>) => {
  const told = new Map<string, string>();
  return (items: readonly JobItem[]): void => {
    for (const { id, label, state, message, ...item } of items) {
      const { done = 0, total = 0 } = item.progress ?? {};
      const share = total > 0 ? ` ${Math.floor((done / total) * 10) * 10} %` : '';
      const phase = `${item.phase}${share}`;
      const now = state === 'running' ? phase : state;
      if (state === 'waiting' || told.get(id) === now) continue;
      told.set(id, now);
      out.note(`${signs[state]} ${label}  ${state === 'running' ? phase : message || state}`);
    }
  };
};

const everyMs = 5000;

/** Tells a run over many items in sums: at each tenth, every few seconds, and whatever begins to fail. */
export const createSumProgress = (out: Pick<Output, 'note'>, now: () => number = () => performance.now()) => {
  let toldAt = -Infinity;
  let told = '';
  const causes = new Set<string>();
  const waveOf = ({ waves }: JobView): string => {
    const wave = waves.find(({ state }) => state === 'running');
    return wave && waves.length > 1 ? `wave ${wave.index + 1} of ${waves.length}, ` : '';
  };
  return (view: JobView): void => {
    for (const { code, title } of view.causes) {
      if (!causes.has(code)) out.note(`${signs.failed} ${title}`);
      causes.add(code);
    }
    const step = `${Math.floor((10 * view.done) / view.total)} ${waveOf(view)} ${view.state}`;
    if (step === told && now() - toldAt < everyMs) return;
    told = step;
    toldAt = now();
    const rate =
      view.state === 'running' && view.perSecond > 0 ? `, ${view.perSecond.toFixed(1)} a second` : '';
    out.note(`… ${waveOf(view)}${view.done} of ${view.total} done, ${view.failed} failed${rate}`);
  };
};

/** Tells an import of many devices at each tenth, and that it is written. */
export const createImportProgress = (out: Pick<Output, 'note'>) => {
  let told = '';
  return ({ step, done, total, result }: ImportState): void => {
    if (result || step === 'read' || total <= mostTold) return;
    const now = step === 'write' ? step : String(Math.floor((10 * done) / total));
    if (now === told) return;
    told = now;
    out.note(step === 'write' ? `… writing ${total} lines` : `… ${done} of ${total} lines ready`);
  };
};
