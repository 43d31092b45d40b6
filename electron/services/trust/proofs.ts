import type { AppErrorData } from '#shared/errors.ts';
import type { Proof } from '#shared/model/devices.ts';
import { classifyPull } from './classify.ts';
import { describeOffset } from './clock.ts';
import { clockError, pullKey, tell, type RunFacts } from './run-facts.ts';

/** What became of the proof by one name with one engine; `error` is null when it is proven. */
export interface NameProof {
  proof: Proof;
  error: AppErrorData | null;
  /** The engine ran and was asked. */
  isAsked: boolean;
}

type Pull = RunFacts['report']['pulls'][number];
type Engine = Pick<Proof, 'runtime' | 'user'>;

export const engineName = {
  'balena-engine': 'balenaEngine',
  docker: 'Docker',
  'docker-rootless': 'rootless Docker',
  podman: 'Podman',
  'podman-rootless': 'rootless Podman',
  containerd: 'containerd',
  system: 'the operating system',
} as const;

const pullError = (run: RunFacts, pull: Pull): AppErrorData | null => {
  const name = pull.reference;
  if (pull.status !== 0) {
    const { code, problem } = classifyPull(pull.text, pull.status);
    const blind = run.report.findings.find((found) => found.code === 'CONTAINERD_NO_CONFIG_PATH');
    if (code === 'CA_UNKNOWN' && pull.engine === 'containerd' && blind)
      return tell(run, blind.code, { path: blind.path, section: blind.detail });
    const details = { name, problem, seconds: run.pullSeconds, folder: "the engine's storage", path: name };
    return tell(run, code, { ...details, engine: pull.engine, ...describeOffset(run.offsetSeconds) });
  }
  if (pull.digest !== run.digest) {
    const problem = `It pulled ${pull.digest || 'an unknown image'} instead of ${run.digest}.`;
    return tell(run, 'PULL_FAILED', { name, problem });
  }
  return run.seen.has(pullKey(pull)) ? null : tell(run, 'PROOF_NOT_SEEN', { name });
};

/** How far the proof came by no engine: the device met the registry by TLS with the CA it has, or has the files. */
const levelWithoutEngine = ({ report }: RunFacts, name: string): Proof['level'] =>
  report.handshakes.some(({ reference, status }) => reference === name && status === 0) ? 'tls' : 'files';

const withoutPull = (run: RunFacts, name: string, engine: Engine, error: AppErrorData): NameProof => ({
  error,
  isAsked: false,
  proof: {
    name,
    ...engine,
    level: levelWithoutEngine(run, name),
    isProven: false,
    code: error.code,
    message: error.title,
    at: run.now.toISOString(),
  },
});

const byPull = (run: RunFacts, pull: Pull): NameProof => {
  const error = pullError(run, pull);
  return {
    error,
    isAsked: true,
    proof: {
      name: pull.reference,
      runtime: pull.engine,
      user: pull.user,
      level: 'engine',
      isProven: error === null,
      code: error?.code ?? null,
      message: error?.title ?? 'Pulled; the registry saw it.',
      at: run.now.toISOString(),
    },
  };
};

/** Why an engine was not asked to pull. */
const notAsked = (run: RunFacts, { runtime, user }: Engine): AppErrorData => {
  const clock = clockError(run);
  if (clock) return clock;
  if (runtime === 'none') return tell(run, 'NO_ENGINE');
  const engine = user === null ? engineName[runtime] : `${engineName[runtime]} of ${user}`;
  const tried = run.report.engines.find((it) => it.engine === runtime && it.user === user);
  return tell(run, tried ? 'ENGINE_NOT_RUNNING' : 'ENGINE_NOT_ASKED', { engine });
};

/** One proof for each engine and name: what stopped it, or that the engine pulled and the registry saw it. */
export const explainProofs = (run: RunFacts): NameProof[] => {
  const { report, references } = run;
  if (!report.isDecided || report.problem || report.busy) return [];
  const found = report.found.map(({ engine, user }): Engine => ({ runtime: engine, user }));
  const engines: Engine[] = found.length > 0 ? found : [{ runtime: 'none', user: null }];
  return engines.flatMap((engine) => {
    const pulls = report.pulls.filter(
      (pull) =>
        pull.engine === engine.runtime && pull.user === engine.user && references.includes(pull.reference),
    );
    if (pulls.length > 0) return pulls.map((pull) => byPull(run, pull));
    return references.map((name) => withoutPull(run, name, engine, notAsked(run, engine)));
  });
};

/** The proofs, together for each engine. */
export const byEngine = (proofs: readonly NameProof[]): NameProof[][] => [
  ...Map.groupBy(proofs, ({ proof }) => `${proof.runtime} ${proof.user ?? ''}`).values(),
];

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
