import { randomBytes } from 'node:crypto';
import type { Store } from '#electron/store/index.ts';
import type { CredentialInput } from '#shared/model/devices.ts';
import { infoOf, secretsOf } from './stored-login.ts';

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
  add(drafts: readonly SimulatedDraft[]): string[];
  /** Removes every simulated device, with its history. */
  clear(): void;
}

/** A name that a real device has already is not taken from it. */
const freeName = (name: string, taken: ReadonlySet<string>): string => {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name} (${count})`;
  return free;
};

export const createSimulated = (needs: {
  store: Pick<Store, 'sql' | 'secrets'>;
  now: () => Date;
  onChange: () => void;
}): SimulatedDevices => {
  const { sql, secrets } = needs.store;

  const insert = ({ name, address, port, password, fingerprint }: SimulatedDraft, at: string): string => {
    const id = randomBytes(5).toString('hex');
    const credential: CredentialInput = { kind: 'password', password };
    const sealed = secrets.seal(
      JSON.stringify({ ...secretsOf(credential), sudoPassword: '' }),
      `device:${id}`,
    );
    sql.run(
      `INSERT INTO devices (id, name, address, port, user, credential, sealedSecrets, trust, addedAt, isSimulated)
       VALUES (?, ?, ?, ?, 'root', ?, ?, '{}', ?, 1)`,
      ...[id, name, address, port, JSON.stringify(infoOf(credential, '')), sealed, at],
    );
    sql.run(
      `INSERT INTO hostKeys (deviceId, type, fingerprint, acceptedAt, how) VALUES (?, 'ssh-ed25519', ?, ?, 'given')`,
      ...[id, fingerprint, at],
    );
    return id;
  };

  return {
    add(drafts) {
      const at = needs.now().toISOString();
      const ids = sql.transaction(() => {
        const names = sql.all<{ name: string }>('SELECT name FROM devices').map(({ name }) => name);
        const taken = new Set(names);
        return drafts.map((draft) => {
          const name = freeName(draft.name, taken);
          taken.add(name);
          return insert({ ...draft, name }, at);
        });
      });
      needs.onChange();
      return ids;
    },
    clear() {
      if (sql.run('DELETE FROM devices WHERE isSimulated = 1').changes > 0) needs.onChange();
    },
  };
};
