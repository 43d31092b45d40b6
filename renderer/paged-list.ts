import { createStore, type StoreApi } from 'zustand/vanilla';
import { viewError, type ErrorView } from './error-view.ts';

/** What a procedure answers about a part of a long list; `Extra` is what it says about the whole. */
export type PageAnswer<Row, Extra> = { rows: Row[]; total: number } & Extra;

export interface PagedState<Row, Extra> {
  /** Null until the first answer. */
  total: number | null;
  /** By place in the list; places that were not read yet are missing. */
  rows: ReadonlyMap<number, Row>;
  extra: Extra | null;
  error: ErrorView | null;
  /** The rows shown are those of the query before. */
  isStale: boolean;
}

export interface PagedList<Row, Query, Extra> extends StoreApi<PagedState<Row, Extra>> {
  /** Asks anew; what was shown stays until the answer is there. */
  ask(query: Query): void;
  /** Makes sure that rows `first` to `last` are read. */
  show(first: number, last: number): void;
  /** Reads again what is shown. */
  refresh(): Promise<void>;
}

/** Rows a request carries; a screen shows at most a quarter of it. */
export const PAGE_ROWS = 100;
/** A request reaches over two pages when the screen does. */
const MOST_ROWS = 500;

type Fetch<Row, Query, Extra> = (
  query: Query,
  offset: number,
  limit: number,
  signal: AbortSignal,
) => Promise<PageAnswer<Row, Extra>>;

/** A long list of which only what is looked at is read, page by page, in the order of the service. */
export const createPagedList = <Row, Query, Extra extends object>(
  fetchRows: Fetch<Row, Query, Extra>,
): PagedList<Row, Query, Extra> => {
  const store = createStore<PagedState<Row, Extra>>(() => ({
    total: null,
    rows: new Map(),
    extra: null,
    error: null,
    isStale: false,
  }));
  let query: Query | undefined;
  let shown = { first: 0, last: 0 };
  let generation = new AbortController();
  const pending = new Set<number>();
  /** Rows of this generation: a page that was scrolled to may be answered before what is shown is read again. */
  let current = new Map<number, Row>();
  let isWhole = false;

  const read = async (offset: number, limit: number, isAnew: boolean): Promise<void> => {
    const { signal } = generation;
    if (query === undefined) return;
    try {
      const { rows, total, ...extra } = await fetchRows(query, offset, limit, signal);
      if (signal.aborted) return;
      rows.forEach((row, index) => current.set(offset + index, row));
      isWhole ||= isAnew;
      store.setState((before) => ({
        rows: new Map(isWhole ? current : [...before.rows, ...current]),
        total,
        extra: extra as unknown as Extra,
        error: null,
        isStale: before.isStale && !isWhole,
      }));
      if (isAnew) show(shown.first, shown.last);
    } catch (error) {
      if (!signal.aborted) store.setState({ error: viewError(error), isStale: false });
    }
  };

  const begin = (): void => {
    generation.abort();
    generation = new AbortController();
    pending.clear();
    current = new Map();
    isWhole = false;
  };

  const readAnew = ({ first, last }: typeof shown): Promise<void> => {
    begin();
    const offset = pageOf(first) * PAGE_ROWS;
    const limit = Math.min(MOST_ROWS, (pageOf(last) + 1) * PAGE_ROWS - offset);
    return read(offset, limit, true);
  };

  const readPage = (page: number): void => {
    const { rows, total } = store.getState();
    const offset = page * PAGE_ROWS;
    if (pending.has(page) || rows.has(offset) || total === null || offset >= total) return;
    pending.add(page);
    void read(offset, PAGE_ROWS, false).finally(() => pending.delete(page));
  };

  function show(first: number, last: number): void {
    shown = { first, last };
    for (let page = pageOf(first); page <= pageOf(last); page += 1) readPage(page);
  }

  return Object.assign(store, {
    ask(next: Query) {
      query = next;
      store.setState({ isStale: true });
      // The answer may be short; what is in view is read behind it, where the list goes that far.
      void readAnew({ first: 0, last: 0 });
    },
    show,
    refresh: () => readAnew(shown),
  });
};

const pageOf = (index: number): number => Math.floor(Math.max(0, index) / PAGE_ROWS);
