import type { Device, DeviceFacts } from '#shared/model/devices.ts';
import type { Inventory } from '../inventory.ts';
import type { DeviceSession } from '../session.ts';
import { factsBody } from './body.ts';
import { readFacts } from './read.ts';

const timeoutMs = 45_000;

/**
 * Reads the facts of a device on an open session and keeps them. Its clock is compared with ours at the moment
 * its first record arrives, so a slow login does not count.
 * @param needs.references `name:port` of this registry
 */
export const createFactsReading = (needs: {
  inventory: Pick<Inventory, 'get' | 'saveFacts' | 'saveTrust'>;
  references: () => string[];
  now: () => Date;
}) => {
  const { inventory, references, now } = needs;
  return async (
    session: Pick<DeviceSession, 'run'>,
    device: Pick<Device, 'id' | 'name'>,
    signal: AbortSignal,
  ): Promise<DeviceFacts> => {
    let clockSeenAt: Date | undefined;
    const onRecord = () => {
      clockSeenAt ??= now();
    };
    const end = await session.run(factsBody(references()), { signal, timeoutMs, onRecord });
    const facts = readFacts(end, { device: device.name, clockSeenAt: clockSeenAt ?? now(), now: now() });
    inventory.saveFacts(device.id, facts);
    // What hindered the first reading, when the device was added, is over.
    const { state, error } = inventory.get(device.id).trust;
    if (state === 'none' && error !== null) inventory.saveTrust(device.id, { error: null });
    return facts;
  };
};
