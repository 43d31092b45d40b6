import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Device } from '#shared/model/devices.ts';
import type { Connection } from '../../client.ts';
import { viewError, type ErrorView } from '../../error-view.ts';

export interface DevicesState {
  /** Null until read. */
  devices: Device[] | null;
  error: ErrorView | null;
  filter: string;
  /** Ids with a tick; stays while a person looks at one device and comes back. */
  selected: ReadonlySet<string>;
}

export interface DevicesStore extends StoreApi<DevicesState> {
  load(): Promise<void>;
  /** Reads again soon; many calls in a row become one. */
  refresh(): void;
  put(device: Device): void;
  remove(ids: string[]): Promise<void>;
  setFilter(filter: string): void;
  select(ids: string[], isSelected: boolean): void;
}

const REFRESH_MS = 700;

export const createDevicesStore = ({ client, whileOpen }: Connection): DevicesStore => {
  const store = createStore<DevicesState>(() => ({
    devices: null,
    error: null,
    filter: '',
    selected: new Set(),
  }));
  let timer: ReturnType<typeof setTimeout> | undefined;

  const load = async (): Promise<void> => {
    try {
      const devices = await client.devices.list();
      const known = new Set(devices.map((device) => device.id));
      store.setState((state) => ({
        devices,
        error: null,
        selected: new Set([...state.selected].filter((id) => known.has(id))),
      }));
    } catch (error) {
      store.setState({ error: viewError(error) });
    }
  };
  whileOpen(() => void load());

  return Object.assign(store, {
    load,
    refresh() {
      timer ??= setTimeout(() => {
        timer = undefined;
        void load();
      }, REFRESH_MS);
    },
    put(device: Device) {
      store.setState(({ devices }) => ({
        devices: [...(devices ?? []).filter((other) => other.id !== device.id), device],
      }));
    },
    async remove(ids: string[]) {
      for (const id of ids) await client.devices.remove({ device: id });
      await load();
    },
    setFilter(filter: string) {
      store.setState({ filter });
    },
    select(ids: string[], isSelected: boolean) {
      store.setState((state) => {
        const selected = new Set(state.selected);
        for (const id of ids) {
          if (isSelected) selected.add(id);
          else selected.delete(id);
        }
        return { selected };
      });
    },
  });
};
