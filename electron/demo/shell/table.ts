/** Names and values of a shell. Forks share one map until one of them changes it. */
export interface Table<V> {
  get(name: string): V | undefined;
  has(name: string): boolean;
  set(name: string, value: V): void;
  delete(name: string): void;
  entries(): [string, V][];
  fork(): Table<V>;
  /** Called when a fork has ended: the others need not copy on its account. */
  release(): void;
}

interface Shared<V> {
  map: Map<string, V>;
  users: number;
}

const tableOver = <V>(first: Shared<V>): Table<V> => {
  let shared = first;
  const own = (): Map<string, V> => {
    if (shared.users > 1) {
      shared.users -= 1;
      shared = { map: new Map(shared.map), users: 1 };
    }
    return shared.map;
  };
  return {
    get: (name) => shared.map.get(name),
    has: (name) => shared.map.has(name),
    set: (name, value) => void own().set(name, value),
    delete: (name) => void (shared.map.has(name) && own().delete(name)),
    entries: () => [...shared.map],
    fork() {
      shared.users += 1;
      return tableOver(shared);
    },
    release() {
      shared.users -= 1;
    },
  };
};

export const createTable = <V>(entries: Iterable<readonly [string, V]> = []): Table<V> =>
  tableOver({ map: new Map(entries), users: 1 });
