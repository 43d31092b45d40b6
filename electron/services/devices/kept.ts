import { createHash } from 'node:crypto';
import type { Visit } from './connect.ts';
import type { Connection } from './ssh/connector.ts';
import { checkHostKey } from './ssh/host-keys.ts';
import type { SshLimits } from './ssh/limits.ts';

/** Connections kept for a short time after a run: the next one on these devices costs a quarter. */
export interface Kept {
  /** One that was made to this place with this login, to a device whose key is still the pinned one. */
  take(visit: Visit): Connection | null;
  put(visit: Visit, connection: Connection): void;
  close(): void;
}

interface Entry {
  connection: Connection;
  timer: NodeJS.Timeout;
}

/** Who is met where and as whom, with every secret of it: after any change the connection is of no use. */
const keyOf = ({ address, user, login }: Visit, port: number | null): string => {
  const { credential, sudoPassword } = login;
  const secrets =
    credential.kind === 'key'
      ? [credential.file, credential.pem?.reveal(), credential.passphrase.reveal()]
      : credential.kind === 'password'
        ? [credential.password.reveal()]
        : [];
  const all = [address, port, user, credential.kind, sudoPassword?.reveal(), ...secrets];
  return createHash('sha256').update(JSON.stringify(all)).digest('base64');
};

export const createKept = ({ keepMs, kept: most }: Pick<SshLimits, 'keepMs' | 'kept'>): Kept => {
  const entries = new Map<string, Entry>();

  const drop = (key: string): Connection | null => {
    const entry = entries.get(key);
    if (!entry) return null;
    clearTimeout(entry.timer);
    entries.delete(key);
    return entry.connection;
  };

  return {
    take(visit) {
      const connection = drop(keyOf(visit, visit.port));
      if (connection === null || connection.lost.aborted) return null;
      if (checkHostKey(visit.label, visit.pinned, connection.hostKey) === null) return connection;
      connection.close();
      return null;
    },
    put(visit, connection) {
      const key = keyOf(visit, connection.port);
      drop(key)?.close();
      const timer = setTimeout(() => drop(key)?.close(), keepMs).unref();
      entries.set(key, { connection, timer });
      connection.lost.addEventListener('abort', () => {
        if (entries.get(key)?.connection === connection) drop(key);
      });
      const [oldest] = entries.keys();
      if (entries.size > most && oldest !== undefined) drop(oldest)?.close();
    },
    close() {
      for (const key of [...entries.keys()]) drop(key)?.close();
    },
  };
};
