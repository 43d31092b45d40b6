import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AppInfo, AppStatus } from '#shared/model/app.ts';
import type { JobSummary } from '#shared/model/jobs.ts';
import type { ReachCheck, RegistryEvent } from '#shared/model/registry.ts';
import { follow, type Connection } from '../../client.ts';

export interface HomeState {
  info: AppInfo | null;
  /** Null until the first answer: the page then shows nothing rather than something untrue. */
  status: AppStatus | null;
  /** Newest first. */
  events: RegistryEvent[] | null;
  /** Runs that have ended or go on, newest first. */
  runs: JobSummary[];
  reach: ReachCheck | null;
  /** True from the first answer "not set up" until the person leaves the last step. */
  isFirstRun: boolean;
}

export interface HomeStore extends StoreApi<HomeState> {
  checkReach(): Promise<void>;
  endFirstRun(): void;
}

const EVENTS_KEPT = 60;
const RUNS_SHOWN = 20;

/** Changes whenever a run begins or ends. */
const runningIds = (status: AppStatus | null): string =>
  (status?.jobs ?? []).map((job) => `${job.id} ${job.state}`).join();

/** Newest first, each event once. */
export const mergeEvents = (known: RegistryEvent[], fresh: RegistryEvent[]): RegistryEvent[] => {
  const byId = new Map([...known, ...fresh].map((event) => [event.id, event]));
  return [...byId.values()].sort((a, b) => b.id - a.id).slice(0, EVENTS_KEPT);
};

/** What is true of the whole app: `app.watch` and the registry's events, as long as the connection stands. */
export const createHomeStore = ({ client, whileOpen }: Connection): HomeStore => {
  const store = createStore<HomeState>(() => ({
    info: null,
    status: null,
    events: null,
    runs: [],
    reach: null,
    isFirstRun: false,
  }));
  const readRuns = (signal: AbortSignal): void => {
    client.jobs.list({ limit: RUNS_SHOWN }, { signal }).then(
      (runs) => store.setState({ runs }),
      () => undefined,
    );
  };
  const followEvents = async (signal: AbortSignal) => {
    const events = await client.registry.events({ limit: EVENTS_KEPT }, { signal });
    store.setState({ events: mergeEvents([], events) });
    await follow(client.registry.watchEvents(undefined, { signal }), signal, (fresh) => {
      store.setState((state) => ({ events: mergeEvents(state.events ?? [], fresh) }));
    });
  };
  whileOpen((signal) => {
    void client.app.info(undefined, { signal }).then(
      (info) => store.setState({ info }),
      () => undefined,
    );
    // A run may have begun and ended while there was no connection.
    let before: AppStatus | null = null;
    void follow(client.app.watch(undefined, { signal }), signal, (status) => {
      if (before === null || runningIds(before) !== runningIds(status)) readRuns(signal);
      before = status;
      store.setState((state) => ({ status, isFirstRun: state.isFirstRun || !status.isSetUp }));
    });
    followEvents(signal).catch(() => undefined);
  });
  return Object.assign(store, {
    async checkReach() {
      store.setState({ reach: await client.registry.reach() });
    },
    endFirstRun() {
      store.setState({ isFirstRun: false });
    },
  });
};
