import type { TrustTarget } from '#shared/model/trust.ts';
import { noteText } from './notes.ts';
import { unitsToRestart } from './restarts.ts';
import type { RunFacts } from './run-facts.ts';

type Store = RunFacts['report']['stores'][number];

const stateOf = ({ state }: Store): TrustTarget['state'] => (state === 'foreign' ? 'unavailable' : state);

const describe = (store: Store, runtime: TrustTarget['runtime'], needsRestart: string): TrustTarget => ({
  runtime,
  kind: store.target,
  user: store.user,
  folder: store.folder,
  state: stateOf(store),
  note: store.state === 'foreign' ? noteText('foreign-toml', 'keep') : noteText(store.note, 'keep'),
  needsRestart: needsRestart || null,
});

/** Each place where trust goes, once for each engine that reads it. */
export const targetsOf = ({ report }: RunFacts): TrustTarget[] =>
  report.stores.flatMap((store) => {
    if (store.target === 'anchor') return [describe(store, 'system', unitsToRestart(report).join(', '))];
    if (store.target === 'hosts-line') return [describe(store, 'system', '')];
    const readers = report.found.filter(({ folder, user }) => folder === store.folder && user === store.user);
    // Without an engine, the folder of Docker is prepared.
    const runtimes = readers.length > 0 ? readers.map(({ engine }) => engine) : (['docker'] as const);
    return runtimes.map((runtime) => describe(store, runtime, ''));
  });
