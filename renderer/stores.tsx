import { createContext, useContext, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Client, Connection } from './client.ts';
import { createCertificatesStore } from './features/certificates/store.ts';
import { createDemoStore } from './features/demo/store.ts';
import { createDevicesStore } from './features/devices/store.ts';
import { createHomeStore } from './features/home/store.ts';
import { createLogsStore } from './features/logs/store.ts';
import { createRunsStore } from './features/runs/store.ts';

/** Every store of the page, made once by `main.tsx`. */
export const createStores = (connection: Connection) => {
  const home = createHomeStore(connection);
  const devices = createDevicesStore(connection);
  const runs = createRunsStore(connection);
  const certificates = createCertificatesStore(connection);
  const logs = createLogsStore(connection);
  const demo = createDemoStore(connection);

  home.subscribe(({ status }, before) => {
    if (!status?.isSetUp) return;
    if (status.devices !== before.status?.devices || status.jobs !== before.status?.jobs) devices.refresh();
    const isNew = JSON.stringify(status.certificate) !== JSON.stringify(before.status?.certificate);
    const isMoved = status.names.references.join() !== before.status?.names.references.join();
    if (isNew || isMoved) void certificates.load();
  });
  return {
    connection: connection.state,
    home,
    devices,
    fleet: devices.fleet,
    runs,
    certificates,
    logs,
    demo,
  };
};

export type Stores = ReturnType<typeof createStores>;

interface App {
  client: Client;
  stores: Stores;
}
const AppContext = createContext<App | null>(null);

export const AppProvider = ({ app, children }: { app: App; children: ReactNode }) => (
  <AppContext value={app}>{children}</AppContext>
);

const useApp = (): App => {
  const app = useContext(AppContext);
  if (!app) throw new Error('AppProvider is missing');
  return app;
};

export const useClient = (): Client => useApp().client;
export const useStores = (): Stores => useApp().stores;

type StateOf<Store> = Store extends StoreApi<infer State> ? State : never;

/** The selected part of one store; the component renders again only when that part changes. */
export const useSelect = <Name extends keyof Stores, Part>(
  name: Name,
  select: (state: StateOf<Stores[Name]>) => Part,
): Part => {
  const store = useStores()[name] as unknown as StoreApi<StateOf<Stores[Name]>>;
  return useStore<StoreApi<StateOf<Stores[Name]>>, Part>(store, select);
};
