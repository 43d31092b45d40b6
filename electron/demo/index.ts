import { randomBytes } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import type { DemoAction, DemoState } from '#shared/model/demo.ts';
import type { Device } from '#shared/model/devices.ts';
import type { EndpointChoice } from '#shared/model/setup.ts';
import type { Log } from '#electron/log.ts';
import type { SimulatedDevices } from '#electron/services/devices/simulated.ts';
import type { SpawnEngine } from '#electron/services/registry/process.ts';
import { openPlayers, type PlayersLink } from './link.ts';
import type { PlacedDevice } from './messages.ts';
import { castOf, type Part } from './stories.ts';

/** What the demo needs of the other rooms. */
export interface DemoNeeds {
  log: Log;
  /** Starts one process that plays devices. */
  spawn: SpawnEngine;
  devices: {
    simulated: SimulatedDevices;
    get(key: string): Device;
    update(input: { device: string; port: number }): Device;
    onChange(listener: () => void): () => void;
  };
  setup: { isSetUp(): boolean; endpoint(): EndpointChoice };
  registry: { onChange(listener: () => void): () => void };
  now?: () => Date;
  /** How long after it was missed an unplugged device comes back. */
  absentMs?: number;
}

/** A fleet without hardware: devices that processes of this computer play, in the list as real ones are. */
export interface Demo {
  state(): DemoState;
  onChange(listener: () => void): () => void;
  /** @throws AppError NOT_SET_UP, DEMO_NOT_STARTED */
  start(options: { devices: number }): Promise<DemoState>;
  stop(): Promise<DemoState>;
  /** @throws AppError DEMO_NOT_RUNNING, NOT_FOUND, DEMO_NOTHING_TO_CHANGE */
  act(input: { device: string; action: DemoAction }): Promise<DemoState>;
  close(): Promise<void>;
}

/** A part that is being played. */
interface Role extends Part, PlacedDevice {
  id: string;
  link: PlayersLink;
  returnsAt: Date | null;
  timer: NodeJS.Timeout | null;
}

const perProcess = 2500;
const mostShown = 3;
const defaultAbsentMs = 20_000;

/** Where this computer reaches its own registry. */
const placeOf = ({ listen, port }: EndpointChoice): { address: string; port: number } => ({
  address: listen === '::' || listen === '0.0.0.0' ? '127.0.0.1' : listen,
  port,
});

const actionsOf = ({ isPluggedIn, clockOffsetSeconds }: Role): DemoAction[] => [
  ...(isPluggedIn ? (['unplug', 'drift'] as const) : (['plug-in'] as const)),
  ...(clockOffsetSeconds === 0 ? [] : (['fix-clock'] as const)),
];

export const createDemo = (needs: DemoNeeds): Demo => {
  const { devices, setup, spawn, now = () => new Date(), absentMs = defaultAbsentMs } = needs;
  const log = needs.log.area('demo');
  const listeners = new Set<() => void>();
  let roles: Role[] = [];
  let links: PlayersLink[] = [];
  // A crash may have left some in the list that nobody plays any more.
  let changing: Promise<unknown> = devices.simulated.clear();

  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = changing.then(work);
    changing = result.catch(() => undefined);
    return result;
  };

  /** Null: a person has removed it from the list. */
  const deviceOf = ({ id }: Role): Device | null => {
    try {
      return devices.get(id);
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  };

  const state = (): DemoState => ({
    isRunning: roles.length > 0,
    count: roles.length,
    devices: roles
      .slice(0, mostShown)
      .filter(deviceOf)
      .map((role) => ({
        id: role.id,
        name: role.name,
        address: '127.0.0.1',
        port: role.port,
        story: role.story,
        isPluggedIn: role.isPluggedIn,
        returnsAt: role.returnsAt?.toISOString() ?? null,
        clockOffsetSeconds: role.clockOffsetSeconds,
        actions: actionsOf(role),
      })),
  });

  const tellPlace = async (): Promise<void> => {
    const place = setup.isSetUp() ? placeOf(setup.endpoint()) : null;
    await Promise.all(links.map((link) => link.ask({ kind: 'place', place })));
  };

  const plug = async (role: Role, isPluggedIn: boolean): Promise<void> => {
    if (role.timer) clearTimeout(role.timer);
    role.timer = null;
    role.returnsAt = null;
    const [placed] = await role.link.ask({ kind: 'plug', index: role.index, isPluggedIn });
    if (placed && placed.port !== role.port) {
      role.port = placed.port;
      if (deviceOf(role)) devices.update({ device: role.id, port: placed.port });
    }
    role.isPluggedIn = isPluggedIn;
    changed();
  };

  /** Whoever is missed comes back: a run that could not reach an unplugged device starts its clock. */
  const noticeMissed = (): void => {
    for (const role of roles.slice(0, mostShown)) {
      if (role.isPluggedIn || role.timer) continue;
      if (deviceOf(role)?.trust.error?.code !== 'DEVICE_UNREACHABLE') continue;
      role.returnsAt = new Date(now().getTime() + absentMs);
      role.timer = setTimeout(() => {
        plug(role, true).catch((error: unknown) => log.warn('a device did not come back', { error }));
      }, absentMs).unref();
      changed();
    }
  };
  const stops = [
    devices.onChange(noticeMissed),
    needs.registry.onChange(() => {
      if (links.length > 0) tellPlace().catch((error: unknown) => log.warn('no answer', { error }));
    }),
  ];

  const end = async (): Promise<void> => {
    for (const { timer } of roles) if (timer) clearTimeout(timer);
    const ending = links;
    roles = [];
    links = [];
    await devices.simulated.clear();
    await Promise.all(ending.map((link) => link.end()));
    changed();
  };
  const lost = (): void => {
    log.warn('a process that plays devices ended by itself; the demo is over');
    void inTurn(end);
  };

  /** Shares the parts among processes and puts the devices into the list. */
  const begin = async (count: number): Promise<void> => {
    const seed = randomBytes(32).toString('hex');
    const password = randomBytes(12).toString('base64url');
    const cast = castOf(count);
    for (let at = 0; at < cast.length; at += perProcess) {
      const parts = cast.slice(at, at + perProcess);
      const link = await openPlayers({ spawn, log, onLost: lost });
      links.push(link);
      const played = parts.map(({ name: _name, story: _story, ...part }) => part);
      const placed = await link.ask({ kind: 'start', seed, password, devices: played });
      const ids = await devices.simulated.add(
        placed.map(({ index, port, fingerprint }) => {
          const { name = '' } = cast[index] ?? {};
          return { name, address: '127.0.0.1', port, password, fingerprint };
        }),
      );
      roles.push(
        ...placed.map((device, nth): Role => {
          const part = cast[device.index] as Part;
          return { ...part, ...device, id: ids[nth] ?? '', link, returnsAt: null, timer: null };
        }),
      );
    }
    await tellPlace();
    log.info('started', { devices: count, processes: links.length });
  };

  return {
    state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: ({ devices: count }) =>
      inTurn(async () => {
        if (!setup.isSetUp()) throw new AppError('NOT_SET_UP');
        if (roles.length > 0) return state();
        try {
          await begin(count);
        } catch (error) {
          await end();
          if (error instanceof AppError) throw error;
          const problem = error instanceof Error ? error.message : String(error);
          throw new AppError('DEMO_NOT_STARTED', { problem }, { cause: error });
        }
        changed();
        return state();
      }),
    stop: () =>
      inTurn(async () => {
        await end();
        return state();
      }),
    act: ({ device: key, action }) =>
      inTurn(async () => {
        if (roles.length === 0) throw new AppError('DEMO_NOT_RUNNING');
        const { id, name } = devices.get(key);
        const role = roles.find((one) => one.id === id);
        if (!role) throw new AppError('NOT_FOUND', { kind: 'simulated device', id: key });
        if (action === 'plug-in' || action === 'unplug') await plug(role, action === 'plug-in');
        else if (action === 'fix-clock') {
          await role.link.ask({ kind: 'clock', index: role.index, offsetSeconds: 0 });
          role.clockOffsetSeconds = 0;
        } else {
          await role.link.ask({ kind: 'drift', index: role.index }).catch((cause: unknown) => {
            throw new AppError('DEMO_NOTHING_TO_CHANGE', { device: name }, { cause });
          });
        }
        changed();
        return state();
      }),
    async close() {
      for (const stop of stops) stop();
      await inTurn(end);
    },
  };
};
