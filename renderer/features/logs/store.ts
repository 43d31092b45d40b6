import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LogLine } from '#shared/model/app.ts';
import { follow, type Connection } from '../../client.ts';
import { viewError, type ErrorView } from '../../error-view.ts';

export type LogLevel = LogLine['level'];

export interface LogsState {
  lines: LogLine[];
  level: LogLevel;
  search: string;
  error: ErrorView | null;
}

export interface LogsStore extends StoreApi<LogsState> {
  /** Reads the tail and follows it until `off()`; begins anew when level changes. */
  open(): () => void;
  setLevel(level: LogLevel): void;
  setSearch(search: string): void;
}

const LINES_KEPT = 2000;
const LINES_READ = 500;

/** Appends what is newer than the last line, keeps the newest. */
export const appendLines = (known: LogLine[], fresh: LogLine[]): LogLine[] => {
  const last = known.at(-1)?.sequence ?? -1;
  return [...known, ...fresh.filter((line) => line.sequence > last)].slice(-LINES_KEPT);
};

export const createLogsStore = ({ client, whileOpen }: Connection): LogsStore => {
  const store = createStore<LogsState>(() => ({ lines: [], level: 'info', search: '', error: null }));
  let restart: () => void = () => undefined;

  const read = async (signal: AbortSignal): Promise<void> => {
    const { level } = store.getState();
    const lines = await client.logs.tail({ lines: LINES_READ, level, search: '' }, { signal });
    if (signal.aborted) return;
    store.setState({ lines, error: null });
    const after = lines.at(-1)?.sequence ?? 0;
    await follow(client.logs.watch({ after, level }, { signal }), signal, (fresh) => {
      store.setState((state) => ({ lines: appendLines(state.lines, fresh) }));
    });
  };
  const begin = () =>
    whileOpen((signal) => {
      read(signal).catch((error: unknown) => {
        if (!signal.aborted) store.setState({ error: viewError(error) });
      });
    });

  return Object.assign(store, {
    open() {
      let off = begin();
      restart = () => {
        off();
        off = begin();
      };
      return () => off();
    },
    setLevel(level: LogLevel) {
      store.setState({ level });
      restart();
    },
    setSearch(search: string) {
      store.setState({ search });
    },
  });
};
