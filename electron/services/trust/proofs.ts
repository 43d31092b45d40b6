import type { AppErrorData } from '#shared/errors.ts';
import type { Proof } from '#shared/model/devices.ts';
import { classifyPull } from './classify.ts';
import { describeOffset } from './clock.ts';
import { clockError, tell, type RunFacts } from './run-facts.ts';

/** What became of the proof by one name; `error` is null when it is proven. */
export interface NameProof {
  proof: Proof;
  error: AppErrorData | null;
}

type Pull = RunFacts['report']['pulls'][number];

const pullError = (run: RunFacts, pull: Pull): AppErrorData | null => {
  const name = pull.reference;
  if (pull.status !== 0) {
    const { code, problem } = classifyPull(pull.text, pull.status);
    const details = { name, problem, seconds: run.pullSeconds, folder: "the engine's storage", path: name };
    return tell(run, code, { ...details, engine: pull.engine, ...describeOffset(run.offsetSeconds) });
  }
  if (pull.digest !== run.digest) {
    const problem = `It pulled ${pull.digest || 'an unknown image'} instead of ${run.digest}.`;
    return tell(run, 'PULL_FAILED', { name, problem });
  }
  return run.seen.has(name) ? null : tell(run, 'PROOF_NOT_SEEN', { name });
};

const describe = (
  run: RunFacts,
  name: string,
  runtime: Proof['runtime'],
  error: AppErrorData | null,
): NameProof => ({
  error,
  proof: {
    name,
    runtime,
    user: null,
    level: runtime === 'none' ? 'files' : 'engine',
    isProven: error === null,
    code: error?.code ?? null,
    message: error?.title ?? 'Pulled; the registry saw it.',
    at: run.now.toISOString(),
  },
});

/** One proof for each name: what stopped it, or that the device pulled and the registry saw it. */
export const explainProofs = (run: RunFacts): NameProof[] => {
  const { report, references } = run;
  const engine = report.found[0]?.engine;
  const clock = clockError(run);
  const all = (runtime: Proof['runtime'], error: AppErrorData | null) =>
    references.map((name) => describe(run, name, runtime, error));
  if (!report.isDecided || report.problem) return [];
  if (!engine) return all('none', tell(run, 'NO_ENGINE'));
  if (clock) return all(engine, clock);
  if (report.pulls.length > 0) {
    return report.pulls
      .filter((pull) => references.includes(pull.reference))
      .map((pull) => describe(run, pull.reference, pull.engine, pullError(run, pull)));
  }
  const down = report.engines.find((it) => !it.isRunning);
  return down ? all(down.engine, tell(run, 'ENGINE_NOT_RUNNING', { engine: engineName[down.engine] })) : [];
};

export const engineName = {
  'balena-engine': 'balenaEngine',
  docker: 'Docker',
  'docker-rootless': 'rootless Docker',
  podman: 'Podman',
  'podman-rootless': 'rootless Podman',
  containerd: 'containerd',
  system: 'the operating system',
} as const;

const isAboutName = (code: string): boolean => code.startsWith('NAME_');

/** Why nothing is proven: one reason when there is one. A name not found says less than what another name met. */
export const unprovenError = (run: RunFacts, proofs: readonly NameProof[]): AppErrorData => {
  const errors = proofs.flatMap(({ error }) => (error ? [error] : []));
  const telling = errors.filter(({ code }) => !isAboutName(code));
  const relevant = telling.length > 0 ? telling : errors;
  const [first] = relevant;
  if (first && relevant.every(({ code }) => code === first.code)) return first;
  const problem = errors.map(({ title }) => title).join('; ') || 'No name was tried.';
  return tell(run, 'PROOF_FAILED', { problem: `${problem}.` });
};
