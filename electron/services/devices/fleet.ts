import { z } from 'zod';
import type { Log } from '#electron/log.ts';
import type { Store } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import type { CredentialInput } from '#shared/model/devices.ts';
import {
  type DeviceGroup,
  type DevicePage,
  type MatrixPage,
  savedFilter,
  type SavedFilter,
} from '#shared/model/fleet.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import type { GroupLoginPatch, Groups } from './groups.ts';
import type { Inventory } from './inventory.ts';
import { createMatrix } from './matrix.ts';
import { countStates, createPages, type PageInput } from './paging.ts';
import type { Settling } from './settling.ts';

/** What a person does with many devices at once, without connecting to any. */
export interface Fleet {
  page(input: PageInput): DevicePage;
  /** The same with proofs. */
  matrix(input: PageInput): MatrixPage;
  /** Devices by state. */
  counts(): DevicePage['counts'];
  setGroup(input: { selection: DeviceSelection; group: string }): Promise<{ changed: number }>;
  setTags(input: {
    selection: DeviceSelection;
    add: string[];
    remove: string[];
  }): Promise<{ changed: number }>;
  setLogin(input: {
    selection: DeviceSelection;
    user?: string | undefined;
    credential: CredentialInput;
    sudoPassword: string;
  }): Promise<{ changed: number }>;
  removeMany(input: { selection: DeviceSelection }): Promise<{ removed: number }>;
  groups(): DeviceGroup[];
  setGroupLogin(input: GroupLoginPatch): DeviceGroup;
  /** @throws AppError NOT_FOUND, GROUP_IN_USE */
  removeGroup(input: { group: string }): Promise<{ changed: number }>;
  filters: {
    list(): SavedFilter[];
    save(filter: SavedFilter): SavedFilter[];
    /** @throws AppError NOT_FOUND */
    remove(input: { name: string }): SavedFilter[];
  };
}

const filtersKey = 'devices.filters';

const createFilters = (settings: Store['settings']): Fleet['filters'] => {
  const list = () => settings.get(filtersKey, z.array(savedFilter)) ?? [];
  const without = (name: string) => list().filter((saved) => saved.name !== name);
  const store = (filters: SavedFilter[]) => {
    settings.set(filtersKey, filters);
    return filters;
  };
  return {
    list,
    save: (filter) => store([...without(filter.name), filter].sort((a, b) => a.name.localeCompare(b.name))),
    remove({ name }) {
      if (without(name).length === list().length)
        throw new AppError('NOT_FOUND', { kind: 'filter', id: name });
      return store(without(name));
    },
  };
};

export const createFleet = (needs: {
  store: Pick<Store, 'sql' | 'settings'>;
  log: Log;
  inventory: Inventory;
  groups: Groups;
  isBusy: (id: string) => boolean;
  settling: Settling;
}): Fleet => {
  const { log, inventory, groups, isBusy, settling } = needs;
  const { sql, settings } = needs.store;
  const page = createPages(sql, isBusy, settling);

  return {
    page,
    matrix: createMatrix({ sql, page, today: settling.today }),
    counts() {
      settling.settle();
      return countStates(sql);
    },
    setGroup: async ({ selection, group }) => ({
      changed: await groups.move(inventory.ids(selection), group),
    }),
    setTags: async ({ selection, ...change }) => ({
      changed: await inventory.tag(inventory.ids(selection), change),
    }),
    async setLogin({ selection, user, credential, sudoPassword }) {
      const changed = await inventory.apply(function* (batch) {
        const ids = inventory.ids(selection);
        for (const id of ids) {
          batch.change(id, { credential, sudoPassword, ...(user && { user }) });
          yield;
        }
        return ids.length;
      });
      log.info('login changed', { devices: changed, kind: credential.kind });
      return { changed };
    },
    async removeMany({ selection }) {
      const removed = await inventory.remove(inventory.ids(selection));
      log.info('removed', { devices: removed });
      return { removed };
    },
    groups: groups.list,
    setGroupLogin(input) {
      const saved = groups.setLogin(input);
      log.info('group login changed', { group: saved.name, kind: saved.credential?.kind });
      return saved;
    },
    async removeGroup({ group }) {
      const changed = await groups.remove(group);
      log.info('group removed', { group, devices: changed });
      return { changed };
    },
    filters: createFilters(settings),
  };
};
