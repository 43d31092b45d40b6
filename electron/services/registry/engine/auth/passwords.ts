import { createHmac, randomBytes } from 'node:crypto';
import type { EngineUser } from '../../messages.ts';
import { Refusal } from '../refusal.ts';
import { createThrottle } from './throttle.ts';

export interface Passwords {
  /**
   * Checks a login.
   * @returns the user's name; `isFresh` when bcrypt was asked, false when the cache knew it
   * @throws Refusal `unauthorized` when wrong, `too-many-requests` when throttled
   */
  check(
    login: { user: string; password: string },
    remote: string,
  ): Promise<{ user: string; isFresh: boolean }>;
  setUsers(users: EngineUser[]): void;
  /** Changes whenever the user's password does, null for an unknown user. */
  generation(user: string): string | null;
}

/** Hash of no password: an unknown user costs as much time as a wrong password. */
const nobody = '$2b$10$.wjBS5mdRoztFdQKGYmsueltk5nb8cuFpZFu20Q.G6Af1XtRk0W4a';
const cacheMs = 10 * 60_000;
const maxCached = 1000;
/** bcrypt runs on the event loop in slices; more at once would only make everyone wait. */
const maxPending = 16;
/** bcrypt reads no further; a longer one would be accepted by its beginning. */
const maxPasswordBytes = 72;

/** Loaded at the first login, so that the engine answers sooner after its start. */
const loadBcrypt = () => import('bcryptjs').then((module) => module.default);

export const createPasswords = (now: () => number = Date.now): Passwords => {
  const key = randomBytes(32);
  const throttle = createThrottle({ pair: 10, address: 30 }, now);
  /** Keyed hash of a login that was right, so that the password itself is kept nowhere. */
  const known = new Map<string, number>();
  const pending = new Map<string, Promise<boolean>>();
  let users = new Map<string, EngineUser>();
  /** By user; asked at every request with a token. */
  let generations = new Map<string, string>();

  const mark = (text: string) => createHmac('sha256', key).update(text).digest('base64');
  const compare = async (mac: string, password: string, user: EngineUser | undefined) => {
    const under = pending.get(mac);
    if (under) return under;
    if (pending.size >= maxPending) throw new Refusal('too-many-requests', {}, { 'Retry-After': '1' });
    const isShort = Buffer.byteLength(password) <= maxPasswordBytes;
    const work = loadBcrypt()
      .then((bcrypt) => bcrypt.compare(isShort ? password : '', user?.hash ?? nobody))
      .then((isEqual) => isEqual && isShort && user !== undefined)
      .finally(() => pending.delete(mac));
    pending.set(mac, work);
    return work;
  };

  return {
    async check({ user, password }, remote) {
      const found = users.get(user);
      const keys = [`pair:${remote} ${user.slice(0, 100)}`, `address:${remote}`];
      const wait = throttle.wait(keys);
      if (wait > 0) throw new Refusal('too-many-requests', {}, { 'Retry-After': String(wait) });
      const mac = mark(`${user}\0${password}\0${found?.hash ?? ''}`);
      if ((known.get(mac) ?? 0) > now()) return { user, isFresh: false };
      if (!(await compare(mac, password, found))) {
        throttle.fail(keys);
        throw new Refusal('unauthorized');
      }
      throttle.succeed(keys);
      if (known.size >= maxCached) known.clear();
      known.set(mac, now() + cacheMs);
      return { user, isFresh: true };
    },
    setUsers(list) {
      users = new Map(list.map((user) => [user.name, user]));
      generations = new Map(list.map(({ name, hash }) => [name, mark(hash).slice(0, 16)]));
      known.clear();
    },
    generation: (user) => generations.get(user) ?? null,
  };
};
