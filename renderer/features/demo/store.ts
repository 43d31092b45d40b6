import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DemoState } from '#shared/model/demo.ts';
import { follow, type Connection } from '../../client.ts';

export interface DemoStoreState {
  /** Null until the first answer. */
  demo: DemoState | null;
}

/** The simulated fleet, as long as the connection stands. */
export const createDemoStore = ({ client, whileOpen }: Connection): StoreApi<DemoStoreState> => {
  const store = createStore<DemoStoreState>(() => ({ demo: null }));
  whileOpen((signal) => {
    void follow(client.demo.watch(undefined, { signal }), signal, (demo) => store.setState({ demo }));
  });
  return store;
};
