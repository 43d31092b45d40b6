import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Device } from '#shared/model/devices.ts';
import type {
  DeviceFilter,
  DevicePage,
  DeviceRow,
  DeviceSort,
  MatrixCell,
  MatrixPage,
} from '#shared/model/fleet.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import type { Connection } from '../../client.ts';
import { viewError, type ErrorView } from '../../error-view.ts';
import { createPagedList, type PagedList } from '../../paged-list.ts';
import { nothingPicked, pick, pickAll, refreshed, type Picked } from './selection.ts';

/** How the list is shown: what is asked of each device, or by which name and engine each can pull. */
export type FleetView = 'table' | 'matrix';
export type FleetQuery = { filter: DeviceFilter; sort: DeviceSort; view: FleetView };
/** Cells and columns come with the matrix alone. */
export type FleetRow = DeviceRow & { cells?: MatrixCell[] };
export type FleetExtra = Omit<DevicePage, 'rows' | 'total'> & Partial<Pick<MatrixPage, 'columns'>>;
export type Fleet = PagedList<FleetRow, FleetQuery, FleetExtra>;

export interface DevicesState extends FleetQuery {
  /** Stays while a person looks at one device and comes back. */
  picked: Picked;
  /** Whole devices, of pages that were open. */
  details: Readonly<Record<string, Device>>;
  /** Why a device cannot be shown. */
  errors: Readonly<Record<string, ErrorView>>;
  /** Grows when devices may have changed: what was asked of the service is to be asked again. */
  version: number;
}

export interface DevicesStore extends StoreApi<DevicesState> {
  /** The table's rows, in the order and under the filter of this store. */
  fleet: Fleet;
  /** Keeps the table true until `close()`. */
  openTable(): () => void;
  /** Keeps `details[id]` true until `close()`. */
  openDevice(id: string): () => void;
  /** Reads again soon; many calls in a row become one. */
  refresh(): void;
  /** What a person has changed is there at once. */
  refreshNow(): Promise<void>;
  put(device: Device): void;
  remove(selection: DeviceSelection): Promise<void>;
  setFilter(filter: DeviceFilter): void;
  setSort(sort: DeviceSort): void;
  setView(view: FleetView): void;
  pick(rows: DeviceRow[], isIn: boolean): void;
  pickAll(): void;
  clearPicked(): void;
}

const REFRESH_MS = 700;

/** A filter without parts that say nothing. */
export const tidyFilter = (filter: DeviceFilter): DeviceFilter =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value.length > 0));

export const createDevicesStore = ({ client, whileOpen }: Connection): DevicesStore => {
  const store = createStore<DevicesState>(() => ({
    filter: {},
    sort: { by: 'name', descending: false },
    view: 'table',
    picked: nothingPicked,
    details: {},
    errors: {},
    version: 0,
  }));
  const fleet: Fleet = createPagedList<FleetRow, FleetQuery, FleetExtra>(
    ({ view, ...query }, offset, limit, signal) => {
      const read = view === 'matrix' ? client.devices.matrix : client.devices.page;
      return read({ ...query, offset, limit }, { signal });
    },
  );
  fleet.subscribe(({ rows, total, extra }, before) => {
    if (rows === before.rows || total === null || extra === null) return;
    store.setState((state) => ({
      picked: refreshed(state.picked, rows.values(), { total, counts: extra.counts }),
    }));
  });
  let openTables = 0;
  const openDevices = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const readDevice = async (id: string): Promise<void> => {
    try {
      const device = await client.devices.get({ device: id });
      store.setState(({ details, errors }) => ({
        details: { ...details, [id]: device },
        errors: Object.fromEntries(Object.entries(errors).filter(([other]) => other !== id)),
      }));
    } catch (error) {
      store.setState(({ errors }) => ({ errors: { ...errors, [id]: viewError(error) } }));
    }
  };
  const ask = (): void => {
    const { filter, sort, view } = store.getState();
    fleet.ask({ filter, sort, view });
  };
  const refreshNow = async (): Promise<void> => {
    store.setState(({ version }) => ({ version: version + 1 }));
    await Promise.all([openTables > 0 ? fleet.refresh() : null, ...[...openDevices.keys()].map(readDevice)]);
  };
  whileOpen(() => void refreshNow());

  return Object.assign(store, {
    fleet,
    openTable() {
      openTables += 1;
      ask();
      return () => {
        openTables -= 1;
      };
    },
    openDevice(id: string) {
      openDevices.set(id, (openDevices.get(id) ?? 0) + 1);
      void readDevice(id);
      return () => {
        const left = (openDevices.get(id) ?? 1) - 1;
        if (left === 0) openDevices.delete(id);
        else openDevices.set(id, left);
      };
    },
    refresh() {
      timer ??= setTimeout(() => {
        timer = undefined;
        void refreshNow();
      }, REFRESH_MS);
    },
    refreshNow,
    put(device: Device) {
      store.setState(({ details }) => ({ details: { ...details, [device.id]: device } }));
      void refreshNow();
    },
    async remove(selection: DeviceSelection) {
      await client.devices.removeMany({ selection });
      store.setState({ picked: nothingPicked });
      await refreshNow();
    },
    setFilter(filter: DeviceFilter) {
      // "All" was said of what the former filter let through.
      store.setState(({ picked }) => ({
        filter: tidyFilter(filter),
        picked: picked.kind === 'all' ? nothingPicked : picked,
      }));
      if (openTables > 0) ask();
    },
    setSort(sort: DeviceSort) {
      store.setState({ sort });
      if (openTables > 0) ask();
    },
    setView(view: FleetView) {
      store.setState({ view });
      if (openTables > 0) ask();
    },
    pick(rows: DeviceRow[], isIn: boolean) {
      store.setState(({ picked }) => ({ picked: pick(picked, rows, isIn) }));
    },
    pickAll() {
      const { total, extra } = fleet.getState();
      if (total === null || extra === null) return;
      store.setState(({ filter }) => ({ picked: pickAll(filter, total, extra.counts) }));
    },
    clearPicked() {
      store.setState({ picked: nothingPicked });
    },
  });
};
