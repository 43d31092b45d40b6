import type { AppErrorData } from '#shared/errors.ts';
import type { Device, RuntimeKind } from '#shared/model/devices.ts';
import type { TrustChange } from '#shared/model/trust.ts';
import { tell, type RunFacts } from './run-facts.ts';

const isDryRun = ({ action, isDry }: RunFacts): boolean => isDry || action === 'plan';

/** Units that go by a trust store that is no longer, or will no longer be, that of the system. */
export const unitsToRestart = ({ restarts, flaws }: RunFacts['report']): string[] => [
  ...restarts.filter(({ isDone }) => !isDone).map(({ unit }) => unit),
  ...flaws.filter(({ code }) => code === 'RESTART_FAILED').map(({ path }) => path),
];

/** Those of `add_unit` in the script: they read the store of the system once, when they start. */
const readers: ReadonlySet<string> = new Set<RuntimeKind>(['docker', 'containerd', 'balena-engine']);

/** Whether one of the devices has an engine that must restart to forget an anchor; of a device nobody has seen that is not known. */
export const mustAnyRestart = (ids: readonly string[], read: (ids: string[]) => Device[]): boolean => {
  for (let from = 0; from < ids.length; from += 200) {
    const isFound = read(ids.slice(from, from + 200)).some(
      ({ facts }) => facts === null || facts.engines.some(({ kind }) => readers.has(kind)),
    );
    if (isFound) return true;
  }
  return false;
};

const restart = (path: string, action: 'restart' | 'restart-failed'): TrustChange => ({
  ...{ action, kind: 'unit', path, beforeSha256: null, afterSha256: null },
  ...{ mode: '', note: '', user: null, text: null },
});

/** Restarts that were tried, or in a dry run would be. */
export const restartsOf = (run: RunFacts): TrustChange[] => {
  const { restarts, flaws } = run.report;
  const done = restarts.filter(({ isDone }) => isDone || (isDryRun(run) && run.isRestarting));
  const failed = flaws.filter(({ code }) => code === 'RESTART_FAILED');
  return [
    ...done.map(({ unit }) => restart(unit, 'restart')),
    ...failed.map(({ path }) => restart(path, 'restart-failed')),
  ];
};

const remedy = (run: RunFacts): string => {
  if (isDryRun(run)) {
    const verb = run.action === 'undo' ? 'undo' : 'push';
    return `${verb} with restart, or restart it there afterwards`;
  }
  return `restart it there, or ${run.action === 'undo' ? 'undo' : 'push'} again with restart`;
};

/** An undo that succeeded is over: there is nothing to undo again. */
const remedyLater = (run: RunFacts): string =>
  run.action === 'undo' && !isDryRun(run) ? 'restart it there: until then it trusts as before' : remedy(run);

/** What must restart and was not asked to. */
export const restartWarnings = (run: RunFacts): AppErrorData[] => {
  const units = run.report.restarts.filter(({ isDone }) => !isDone).map(({ unit }) => unit);
  const isChosen = isDryRun(run) && run.isRestarting;
  if (units.length === 0 || isChosen) return [];
  return [tell(run, 'RESTART_NEEDED', { unit: units.join(', '), remedy: remedyLater(run) })];
};

/** What went wrong after the files were as they should be; null: nothing. */
export const flawError = (run: RunFacts): AppErrorData | null => {
  const [flaw] = run.report.flaws;
  if (!flaw) return null;
  const { code, path, text } = flaw;
  const isUndo = run.action === 'undo';
  const state = isUndo ? 'as they were before' : 'written';
  const words = { state, problem: text };
  if (code === 'RESTART_FAILED') return tell(run, code, { ...words, unit: path, remedy: remedy(run) });
  return tell(run, code, { ...words, tool: path, remedy: isUndo ? 'undo again' : 'push again' });
};
