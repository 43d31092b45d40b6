import type { Log } from '#electron/log.ts';
import { AppError } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import { type OpenVisits, type Visit, type VisitOptions, visitOf } from './connect.ts';
import type { Inventory } from './inventory.ts';
import type { DeviceSession } from './session.ts';
import { checkHostKey, type HostKeyOffer } from './ssh/host-keys.ts';

export interface ConnectOptions extends VisitOptions {
  /** A device without a pinned host key is believed unseen; the key is pinned and recorded as such. */
  acceptNewHostKeys?: boolean;
}

/** On this computer itself, a device that is switched off can only be a port where nobody listens. */
const asUnplugged = ({ isSimulated, name, address }: Device, error: unknown): unknown =>
  isSimulated && error instanceof AppError && error.code === 'DEVICE_REFUSED'
    ? new AppError('DEVICE_UNREACHABLE', { device: name, address }, { cause: error, retryable: true })
    : error;

/** Opens sessions with stored devices, and knows with which one is open. */
export const createSessions = (needs: {
  inventory: Inventory;
  visit: OpenVisits;
  log: Log;
  now: () => Date;
}) => {
  const { inventory, visit, log, now } = needs;
  const open = new Map<string, number>();

  const count = (id: string, change: 1 | -1): void => {
    const left = (open.get(id) ?? 0) + change;
    if (left > 0) open.set(id, left);
    else open.delete(id);
  };

  /** A device may wait long for its place, and a person give its key meanwhile: that one counts then. */
  const judgeUnseen = (id: string, shown: HostKeyOffer): AppError | null => {
    try {
      const { name, hostKeys } = inventory.get(id);
      return hostKeys.length === 0 ? null : checkHostKey(name, hostKeys, shown);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  };

  /** What may be shown by a device that has shown nothing yet: anything, where a person said so beforehand. */
  const judgeOf = (id: string, isPinned: boolean, isAccepting: boolean): Pick<Visit, 'judge'> =>
    !isPinned && (isAccepting || inventory.acceptsNewKey(id))
      ? { judge: (shown) => judgeUnseen(id, shown) }
      : {};

  const connect = async (device: Device, options: ConnectOptions): Promise<DeviceSession> => {
    const isPinned = device.hostKeys.length > 0;
    const judge = judgeOf(device.id, isPinned, options.acceptNewHostKeys === true);
    const target = { ...visitOf(device, inventory.secrets(device.id)), ...judge };
    const session = await visit(target, options).catch((cause: unknown) => {
      log.debug('could not connect', { device: device.name, error: cause });
      throw asUnplugged(device, cause);
    });
    try {
      if (device.port === null) inventory.savePort(device.id, session.port);
      if (!isPinned && inventory.get(device.id).hostKeys.length === 0) {
        inventory.pin(device.id, { ...session.hostKey, acceptedAt: now().toISOString(), how: 'unseen' });
        log.info('host key accepted unseen', { device: device.name, ...session.hostKey });
      }
      // What is read of the device afterwards is as it is then.
      return {
        ...session,
        get device() {
          return inventory.get(device.id);
        },
      };
    } catch (error) {
      session.close();
      throw error;
    }
  };

  return {
    isBusy: (id: string): boolean => open.has(id),
    /** @throws AppError as `Devices.connect` */
    async connect(key: string, options: ConnectOptions): Promise<DeviceSession> {
      const device = inventory.get(key);
      const { id } = device;
      count(id, 1);
      let isOpen = true;
      const leave = () => {
        if (isOpen) count(id, -1);
        isOpen = false;
      };
      const session = await connect(device, options).catch((error: unknown) => {
        leave();
        throw error;
      });
      const { close } = session;
      return Object.assign(session, {
        close() {
          leave();
          close();
        },
      });
    },
  };
};
