import type { AppErrorData } from '#shared/errors.ts';
import type { DeviceRun, TrustChange } from '#shared/model/trust.ts';
import { findingsOf } from './findings.ts';
import { noteText } from './notes.ts';
import { byEngine, explainProofs, unprovenError, type NameProof } from './proofs.ts';
import { placeKey } from './report.ts';
import { flawError, restartsOf, restartWarnings } from './restarts.ts';
import { clockError, tell, type RunFacts } from './run-facts.ts';
import { hostsToml } from './script/hosts-toml.ts';
import { targetsOf } from './targets.ts';

interface Verdict {
  outcome: DeviceRun['outcome'];
  written: boolean;
  error: AppErrorData | null;
  message?: string;
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const isReal = (change: TrustChange): boolean => change.action !== 'keep' && change.kind !== 'unit';

/** The text that a person can read before it is written. */
const textOf = ({ report }: RunFacts, path: string, after: string): string | null => {
  const line = report.stores.find(({ target, folder: at }) => target === 'hosts-line' && at === path);
  if (line) return line.note;
  const [file, folder = ''] = path.split('/').toReversed();
  return file === 'hosts.toml' && after !== '' ? hostsToml(folder) : null;
};

/** Of a run that writes, only what was really done is told. */
const changesOf = (run: RunFacts): TrustChange[] => {
  const { report, action, isDry } = run;
  const isPlan = action === 'plan' || action === 'verify' || isDry;
  const paths = report.changes
    .filter((change) => isPlan || change.action === 'keep' || report.made.has(placeKey(change)))
    .map(({ action: what, what: kind, path, before, after, note, user }) => ({
      action: what,
      kind,
      path,
      beforeSha256: before || null,
      afterSha256: after || null,
      mode: kind === 'folder' ? '0755' : '0644',
      note: noteText(note, what),
      user,
      text: textOf(run, path, after),
    }));
  return [...paths, ...restartsOf(run)];
};

/** Engines that do not run beside one that does. */
const sleeping = (proofs: readonly NameProof[]): AppErrorData[] =>
  proofs.some(({ isAsked }) => isAsked)
    ? byEngine(proofs).flatMap(([first]) =>
        first?.error?.code === 'ENGINE_NOT_RUNNING' ? [first.error] : [],
      )
    : [];

const warningsOf = (run: RunFacts, proofs: readonly NameProof[]): AppErrorData[] => {
  const { report, action, isDry } = run;
  const warnings = report.warnings.map(({ code, path, note }) =>
    tell(run, code, { path, problem: noteText(note, 'keep') }),
  );
  if (report.isDecided && report.found.length === 0) warnings.push(tell(run, 'NO_ENGINE'));
  const clock = clockError(run);
  if (clock && (action === 'plan' || (action === 'push' && isDry))) warnings.push(clock);
  return [...warnings, ...restartWarnings(run), ...sleeping(proofs)];
};

const clockTime = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(11, 19)} UTC by its clock`;

const breakOff = (run: RunFacts): Verdict | null => {
  const { report } = run;
  const written = report.isVerified;
  if (run.isCancelled) return { outcome: 'cancelled', written, error: tell(run, 'CANCELLED') };
  if (run.failure) return { outcome: 'failed', written, error: run.failure };
  if (report.problem) {
    const { code, path, text } = report.problem;
    const user = code === 'USER_FAILED' ? { user: report.problem.user ?? text } : {};
    const words = { path, folder: path, tool: path, problem: text, ...user };
    const error = tell(run, code, words);
    return { outcome: 'failed', written, error };
  }
  if (report.busy) {
    const since = report.busy.since === null ? 'a while' : clockTime(report.busy.since);
    const error = tell(run, 'DEVICE_BUSY', { who: report.busy.who || 'someone', since });
    return { outcome: 'failed', written: false, error };
  }
  return run.isComplete ? null : { outcome: 'failed', written, error: tell(run, 'SCRIPT_UNFINISHED') };
};

/** `3 changes undone, docker restarted`; empty when nothing was done. */
const deeds = (changes: readonly TrustChange[], verb: string, restarted: string): string => {
  const count = changes.filter(isReal).length;
  const units = changes.filter(({ action }) => action === 'restart').map(({ path }) => path);
  return [
    ...(count > 0 ? [`${plural(count, 'change')}${verb}`] : []),
    ...(units.length > 0 ? [`${units.join(', ')} ${restarted}`] : []),
  ].join(', ');
};

const planVerdict = (changes: readonly TrustChange[]): Verdict => {
  const message = deeds(changes, ' to be made', 'to be restarted');
  return {
    outcome: message ? 'planned' : 'unchanged',
    written: !changes.some(isReal),
    error: null,
    message: message || 'Nothing to change',
  };
};

const undoVerdict = (run: RunFacts, changes: readonly TrustChange[]): Verdict => {
  const message = run.isDry
    ? deeds(changes, ' to be undone', 'to be restarted')
    : deeds(changes, ' undone', 'restarted');
  if (!message && run.report.warnings.length === 0) {
    return { outcome: 'unchanged', written: false, error: tell(run, 'NOTHING_TO_UNDO') };
  }
  const outcome = message ? (run.isDry ? 'planned' : 'changed') : 'unchanged';
  return { outcome, written: false, error: null, message: message || 'No changes undone' };
};

const driftProblem = (change: TrustChange | undefined): string => {
  const path = change?.path ?? '';
  if (change?.action === 'create') return `${path} is missing.`;
  return change?.action === 'replace' ? `${path} is not as it was pushed.` : `${path} should not be there.`;
};

const driftVerdict = (run: RunFacts, changes: readonly TrustChange[]): Verdict => {
  const first = changes.find((change) => isReal(change) && change.kind === 'file');
  const problem = run.isPushed ? driftProblem(first) : 'Nothing has been pushed to it yet.';
  return { outcome: 'drifted', written: false, error: tell(run, 'DRIFTED', { problem }) };
};

/** Files are right; now it counts whether the engine pulled. */
const proofVerdict = (
  run: RunFacts,
  changes: readonly TrustChange[],
  proofs: readonly NameProof[],
): Verdict => {
  const isVerify = run.action === 'verify';
  const done = deeds(changes, '', 'restarted');
  const outcome = isVerify ? 'verified' : done ? 'changed' : 'unchanged';
  const what = isVerify ? 'In place' : done || 'Nothing to change';
  const clock = clockError(run);
  if (clock) return { outcome: 'failed', written: true, error: clock };
  if (run.report.found.length === 0) {
    return { outcome, written: true, error: null, message: `${what}; there is no engine to prove it` };
  }
  const unproven = firstUnproven(proofs);
  if (unproven) return { outcome: 'failed', written: true, error: unprovenError(run, unproven) };
  const names = new Set(proofs.filter(({ error }) => !error).map(({ proof }) => proof.name));
  const said = names.size > 0 ? `pulls by ${[...names].join(', ')}` : 'no engine could be asked to prove it';
  return { outcome, written: true, error: null, message: `${what}; ${said}` };
};

/**
 * The proofs of an engine that was asked and could pull by no name; of one that does not run only when no other
 * engine was asked.
 */
const firstUnproven = (proofs: readonly NameProof[]): NameProof[] | undefined => {
  const engines = byEngine(proofs);
  const asked = engines.filter((engine) => engine.some(({ isAsked }) => isAsked));
  const down = engines.find((engine) => engine[0]?.error?.code === 'ENGINE_NOT_RUNNING');
  return asked.length === 0 ? down : asked.find((engine) => engine.every(({ error }) => error));
};

const verdictOf = (run: RunFacts, changes: readonly TrustChange[], proofs: readonly NameProof[]): Verdict => {
  const broken = breakOff(run);
  if (broken) return broken;
  const flaw = flawError(run);
  if (flaw) return { outcome: 'failed', written: run.report.isVerified, error: flaw };
  if (run.action === 'undo') return undoVerdict(run, changes);
  if (run.action === 'plan' || run.isDry) return planVerdict(changes);
  if (run.action === 'verify' && changes.some(isReal)) return driftVerdict(run, changes);
  return proofVerdict(run, changes, proofs);
};

/**
 * Puts a run on one device into words. What was done was decided on the device; nothing is decided here but what
 * it means to the person: the outcome, the one code that matters most, and the next step.
 */
export const explainRun = (run: RunFacts): { result: DeviceRun; error: AppErrorData | null } => {
  const isProof = !run.isDry && (run.action === 'push' || run.action === 'verify');
  const changes = changesOf(run);
  const proofs = isProof ? explainProofs(run) : [];
  const warnings = warningsOf(run, proofs);
  const { outcome, written, error, message } = verdictOf(run, changes, proofs);
  const said = error ?? warnings[0] ?? null;
  const result: DeviceRun = {
    id: run.device.id,
    name: run.device.name,
    address: run.device.address,
    outcome,
    code: said?.code ?? null,
    message: error?.title ?? message ?? '',
    next: said?.next ?? '',
    written,
    proven: proofs.some(({ proof }) => proof.isProven),
    changes,
    proofs: proofs.map(({ proof }) => proof),
    warnings,
    targets: targetsOf(run),
    findings: findingsOf(run),
    attempts: 1,
    seconds: 0,
    wave: 0,
  };
  return { result, error };
};
