import { AppError } from '#shared/errors.ts';
import type { Device, DeviceInput } from '#shared/model/devices.ts';
import type { OpenVisit, OpenVisits, Visit } from './connect.ts';
import type { Groups } from './groups.ts';
import type { Inventory } from './inventory.ts';
import type { Connector } from './ssh/connector.ts';
import type { Credentials } from './ssh/credential.ts';
import { loginOf } from './stored-login.ts';

type HostKey = Device['hostKeys'][number];

const howAccepted = { confirmed: 'shown', given: 'given', 'accept-new': 'unseen' } as const;

/**
 * Adds a device: unless offline it is connected to first, and only one that shows the expected host key and takes
 * the login is stored. Hands over the open session, or null when offline.
 */
export const createAdding = (needs: {
  inventory: Inventory;
  groups: Pick<Groups, 'login'>;
  connector: Connector;
  credentials: Credentials;
  visit: OpenVisits;
  now: () => Date;
}) => {
  const { inventory, groups, connector, credentials, visit, now } = needs;

  /** Asks for every key the device has: the fingerprint a person holds may be of another type than the best. */
  const findKey = async (target: Visit, fingerprint: string, changed: AppError, signal: AbortSignal) => {
    const { hostKeys } = await connector.contact(target, signal);
    const found = hostKeys.find((key) => key.fingerprint === fingerprint);
    if (found === undefined) throw changed;
    return found;
  };

  const meet = async (
    target: Visit,
    choice: DeviceInput['hostKey'],
    signal: AbortSignal,
  ): Promise<OpenVisit> => {
    if (choice.kind === 'accept-new') return visit({ ...target, judge: () => null }, { signal });
    if (choice.kind === 'offline') throw new RangeError('an offline device is not met');
    const { fingerprint } = choice;
    const judge: Visit['judge'] = (shown) => {
      if (shown.fingerprint === fingerprint) return null;
      const details = { device: target.label, expected: fingerprint, fingerprint: shown.fingerprint };
      return new AppError('HOST_KEY_CHANGED', details);
    };
    try {
      return await visit({ ...target, judge }, { signal });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'HOST_KEY_CHANGED') throw error;
      const found = await findKey(target, fingerprint, error, signal);
      return visit({ ...target, pinned: [found] }, { signal });
    }
  };

  /** Where and as whom the device is met; its group may have a say in that. */
  const targetOf = (input: DeviceInput): Visit => {
    const { address, name, port, user, credential, sudoPassword, group } = input;
    const label = name || address;
    const place = { label, address, port, user, pinned: [] };
    if (credential.kind !== 'group') return { ...place, login: loginOf(credential, sudoPassword) };
    const shared = groups.login(group, label);
    return { ...place, port: port ?? shared.port, user: shared.user ?? user, login: shared.login };
  };

  return async (
    input: DeviceInput,
    signal: AbortSignal,
  ): Promise<{ device: Device; session: OpenVisit | null }> => {
    inventory.checkFree(input);
    const { hostKey } = input;
    if (hostKey.kind === 'offline') {
      const login = input.credential.kind === 'group' ? null : loginOf(input.credential, input.sudoPassword);
      if (login?.credential.kind === 'key') await credentials.login(input.user, login.credential);
      return { device: inventory.get(inventory.insert(input)), session: null };
    }
    const target = targetOf(input);
    const session = await meet(target, hostKey, signal);
    try {
      inventory.checkFree({ ...input, port: session.port });
      const id = inventory.insert({ ...input, port: session.port });
      const how = howAccepted[hostKey.kind];
      const key: HostKey = { ...session.hostKey, acceptedAt: now().toISOString(), how };
      inventory.pin(id, key);
      return { device: inventory.get(id), session };
    } catch (error) {
      session.close();
      throw error;
    }
  };
};
