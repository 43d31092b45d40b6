import { watching } from '#electron/watching.ts';
import { AppError } from '#shared/errors.ts';
import type { AcceptedHostKeys, Device, MetDevice, SeenHostKey } from '#shared/model/devices.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import type { Inventory } from './inventory.ts';
import { onTheirWay } from './on-their-way.ts';
import type { Connector } from './ssh/connector.ts';
import { checkHostKey, hostKeyTypes } from './ssh/host-keys.ts';

/** What came since the answer before. */
export interface Meetings {
  total: number;
  met: MetDevice[];
}

const everyMs = 100;

type Shown = Pick<MetDevice, 'port' | 'hostKey'>;

const told = (
  { id, name, address }: Device,
  verdict: MetDevice['verdict'],
  more: Partial<MetDevice>,
): MetDevice => ({
  id,
  name,
  address,
  verdict,
  port: null,
  hostKey: null,
  expected: null,
  error: null,
  ...more,
});

const compare = (
  device: Device,
  shown: Shown & { hostKey: NonNullable<MetDevice['hostKey']> },
): MetDevice => {
  if (device.hostKeys.length === 0) return told(device, 'new', shown);
  const changed = checkHostKey(device.name, device.hostKeys, shown.hostKey);
  if (changed === null) return told(device, 'same', shown);
  return told(device, 'changed', { ...shown, expected: String(changed.details.expected) });
};

/** Looking at the host keys of many devices, and pinning those that a person has looked at. */
export const createMeeting = (needs: {
  inventory: Inventory;
  connector: Pick<Connector, 'meet'>;
  now: () => Date;
}) => {
  const { inventory, connector, now } = needs;

  /** Null for a device that has gone meanwhile. */
  const find = (id: string): Device | null => {
    try {
      return inventory.get(id);
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  };

  const meetOne = async (device: Device, signal: AbortSignal): Promise<MetDevice> => {
    const preferred = device.hostKeys.map(({ type }) => type);
    try {
      const { port, hostKey } = await connector.meet(
        { label: device.name, ...device },
        { preferred, signal },
      );
      return compare(device, { port, hostKey });
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      return told(device, 'failed', { error: error.data });
    }
  };

  return {
    /** Meets each of the chosen devices once; ends early with `signal` or when nobody listens any more. */
    async *meet(selection: DeviceSelection, signal: AbortSignal): AsyncGenerator<Meetings, void> {
      const chosen = inventory.choose(selection);
      const leaving = new AbortController();
      const ends = AbortSignal.any([signal, leaving.signal]);
      const fresh: MetDevice[] = [];
      let [left, tell] = [chosen.length, (): void => undefined];
      const work = onTheirWay(chosen, async ({ id }) => {
        if (ends.aborted) return;
        const device = find(id);
        if (device) fresh.push(await meetOne(device, ends));
        left -= 1;
        tell();
      });
      // Whoever waits for the next answer hears of a failure too; `work` itself throws it in the end.
      work.catch(() => leaving.abort());
      try {
        yield* watching({
          read: (): Meetings => ({ total: chosen.length, met: fresh.splice(0) }),
          subscribe: (listener) => {
            tell = listener;
            return () => undefined;
          },
          isLast: () => left === 0 && fresh.length === 0,
          intervalMs: everyMs,
          signal: ends,
        });
        if (!signal.aborted) await work;
      } finally {
        leaving.abort();
      }
    },

    /** Pins what a person has seen. @throws AppError BAD_INPUT for a type of key that is not used */
    async accept(keys: readonly SeenHostKey[]): Promise<AcceptedHostKeys> {
      const odd = keys.findIndex(({ type }) => !hostKeyTypes.includes(type));
      if (odd >= 0) {
        const problem = `give one of ${hostKeyTypes.join(', ')}`;
        throw new AppError('BAD_INPUT', { field: `keys.${odd}.type`, problem });
      }
      return inventory.apply(function* (batch) {
        const result: AcceptedHostKeys = { accepted: 0, same: 0, refused: [] };
        const ids = [...new Set(keys.map(({ device }) => device))];
        const devices = new Map((yield* inventory.listed(ids)).map((device) => [device.id, device]));
        const fresh = new Map<string, string>();
        for (const { device: id, type, fingerprint, port } of keys) {
          yield;
          const device = devices.get(id);
          if (!device) continue;
          const own = fresh.get(id) ?? device.hostKeys[0]?.fingerprint;
          const isKnown =
            own === fingerprint || device.hostKeys.some((key) => key.fingerprint === fingerprint);
          if (isKnown) result.same += 1;
          else if (own !== undefined) {
            result.refused.push({ id, name: device.name, fingerprint, expected: own });
          } else {
            batch.pin(id, { type, fingerprint, acceptedAt: now().toISOString(), how: 'shown' }, port);
            fresh.set(id, fingerprint);
            result.accepted += 1;
          }
        }
        return result;
      });
    },
  };
};
