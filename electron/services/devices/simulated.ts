import type { Store } from '#electron/store/index.ts';
import type { Batch, Inventory } from './inventory.ts';

/** A device that this computer plays: its host key is known, since we made it. */
export interface SimulatedDraft {
  name: string;
  address: string;
  port: number;
  /** Of root. */
  password: string;
  fingerprint: string;
}

/** Simulated devices in the list. */
export interface SimulatedDevices {
  /** Adds all of them or none. @returns their ids, in this order */
  add(drafts: readonly SimulatedDraft[]): Promise<string[]>;
  /** Removes every simulated device, with its history, or none. */
  clear(): Promise<void>;
}

export const createSimulated = (needs: {
  store: Pick<Store, 'sql'>;
  inventory: Pick<Inventory, 'apply' | 'remove'>;
  now: () => Date;
}): SimulatedDevices => {
  const { store, inventory, now } = needs;

  const add = (batch: Batch, draft: SimulatedDraft): string => {
    const { name, address, port, password, fingerprint } = draft;
    const id = batch.add({
      name,
      address,
      port,
      user: 'root',
      credential: { kind: 'password', password },
      sudoPassword: '',
      group: '',
      tags: [],
      isSimulated: true,
    });
    batch.pin(id, { type: 'ssh-ed25519', fingerprint, acceptedAt: now().toISOString(), how: 'given' });
    return id;
  };

  return {
    add: (drafts) =>
      inventory.apply(function* (batch) {
        const ids: string[] = [];
        for (const draft of drafts) {
          ids.push(add(batch, draft));
          yield;
        }
        return ids;
      }),
    async clear() {
      const rows = store.sql.all<{ id: string }>('SELECT id FROM devices WHERE isSimulated = 1');
      await inventory.remove(rows.map(({ id }) => id));
    },
  };
};
