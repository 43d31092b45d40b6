import { describe, expect, test, vi } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { RegistryStatus } from '#shared/model/registry.ts';
import { setupInput } from '#shared/model/setup.ts';
import { createLogBook } from '#electron/log.ts';
import { createSetup, type SetupNeeds } from './index.ts';

const status = (state: RegistryStatus['state']): RegistryStatus => ({
  state,
  since: '2026-11-21T00:00:00.000Z',
  url: 'https://registry.local:5000',
  port: 5000,
  listen: '::',
  pull: 'anyone',
  pid: null,
  restarts: 0,
  error: null,
  usedBytes: null,
  freeBytes: null,
});

/** The other rooms as doubles that write down what was asked of them, in order. */
const house = (
  overrides: {
    settings?: Map<string, unknown>;
    lan?: string[];
    takenPorts?: number[];
    conflicts?: string[];
  } = {},
) => {
  const settings = overrides.settings ?? new Map<string, unknown>();
  const calls: string[] = [];
  let state: RegistryStatus['state'] = 'stopped';
  let lan = overrides.lan ?? ['192.168.1.20'];
  let networkChanged = (): void => undefined;
  const said = <T>(call: string, value: T): Promise<T> => {
    calls.push(call);
    return Promise.resolve(value);
  };
  const cover = vi.fn((san: { names: string[]; addresses: string[] }) =>
    said(`cover ${[...san.names, ...san.addresses].join(' ')}`, { reissued: true }),
  );
  const start = vi.fn(() => {
    state = 'serving';
    return said('start', status(state));
  });
  const checkPort = vi.fn((port: number) =>
    Promise.resolve({
      port,
      isFree: !overrides.takenPorts?.includes(port),
      holder: overrides.takenPorts?.includes(port) ? 'AirPlay Receiver' : null,
      proposal: 5443,
    }),
  );
  const needs: SetupNeeds = {
    dataDir: 'data',
    hostName: 'laptop',
    log: createLogBook({}).log,
    store: {
      settings: {
        get: (key, schema) => (settings.has(key) ? schema.parse(settings.get(key)) : undefined),
        set: (key, value) => void settings.set(key, value),
      },
    },
    pki: {
      state: () => Promise.reject(new Error('not asked here')),
      create: (_ca, _leaf, san) => said(`create ${san.addresses.join(' ')}`, { warnings: [] }),
      cover,
      preview: () => ({ dns: [], ip: [] }),
      caPem: () => ({ file: 'ca.crt', fingerprint: 'AA' }),
    },
    access: {
      ensureFirstUser: () => said('user', { user: 'mooring', created: true }),
      password: () => ({ user: 'mooring', password: 'secret', file: 'password' }),
    },
    registry: {
      start,
      stop: () => {
        state = 'stopped';
        return said('stop', status(state));
      },
      status: () => status(state),
      setPull: (pull) => said(`pull ${pull}`, status(state)),
    },
    names: {
      candidates: () => [],
      choose: (endpoint) => endpoint.addresses ?? lan,
      probe: () => Promise.resolve({ isFree: true, holder: null }),
      advertise: ({ addresses, port }) => said(`advertise ${addresses.join(' ')} ${port}`, undefined),
      withdraw: () => said('withdraw', undefined),
      state: () => ({
        names: (overrides.conflicts ?? []).map((name) => ({
          name,
          state: 'conflict',
          holder: '10.0.0.9',
          error: null,
        })),
        addresses: [],
        port: 5000,
        references: [],
      }),
      onAddressesChanged: (listener) => {
        networkChanged = listener;
        return () => (networkChanged = () => undefined);
      },
    },
    checkPort,
  };
  return {
    setup: createSetup(needs),
    calls,
    settings,
    cover,
    start,
    checkPort,
    move: (addresses: string[]) => {
      lan = addresses;
      networkChanged();
    },
  };
};

const code = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (problem: unknown) => problem,
  );
  if (!(error instanceof AppError)) throw new Error('no AppError', { cause: error });
  return error.code;
};

describe('first run', () => {
  test('makes the certificate and the user, serves, announces, and is remembered last', async () => {
    const { setup, calls, settings } = house();
    const result = await setup.create(setupInput.parse({}));
    expect(result).toMatchObject({ user: 'mooring', password: 'secret', registry: { state: 'serving' } });
    expect(calls).toEqual([
      'create 192.168.1.20',
      'user',
      'pull anyone',
      'start',
      'advertise 192.168.1.20 5000',
    ]);
    expect(settings.get('endpoint')).toMatchObject({ port: 5000, names: ['registry.local'] });
    expect(setup.references()).toEqual(['registry.local:5000', '192.168.1.20:5000']);
    expect(setup.ready()).toMatchObject({ url: 'https://registry.local:5000', caFingerprint: 'AA' });
  });

  test('a taken port is refused before anything is made, naming the holder', async () => {
    const { setup, calls, settings } = house({ takenPorts: [5000] });
    const work = setup.create(setupInput.parse({}));
    await expect(work).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      details: { holder: 'AirPlay Receiver', proposal: 5443 },
    });
    expect(calls).not.toContain('create 192.168.1.20');
    expect(settings.size).toBe(0);
    expect(setup.isSetUp()).toBe(false);
  });

  test('is refused the second time', async () => {
    const { setup } = house();
    await setup.create(setupInput.parse({}));
    expect(await code(setup.create(setupInput.parse({})))).toBe('ALREADY_SET_UP');
  });

  test('an engine that does not start leaves no remembered choice, so it can be done again', async () => {
    const { setup, start, settings } = house();
    start.mockRejectedValueOnce(new AppError('STORAGE_UNWRITABLE'));
    expect(await code(setup.create(setupInput.parse({})))).toBe('STORAGE_UNWRITABLE');
    expect(settings.size).toBe(0);
    await setup.create(setupInput.parse({}));
    expect(setup.isSetUp()).toBe(true);
  });
});

describe('later', () => {
  const settled = { endpoint: { names: ['registry.local'], addresses: null, port: 5000, listen: '::' } };
  const settledHouse = (lan?: string[]) =>
    house({ settings: new Map(Object.entries(settled)), ...(lan && { lan }) });

  test('a host that starts again serves what was set up', async () => {
    const { setup, calls } = settledHouse();
    await setup.resume();
    expect(calls).toEqual(['cover registry.local 192.168.1.20', 'start', 'advertise 192.168.1.20 5000']);
  });

  test('an empty folder resumes nothing and has nothing to serve', async () => {
    const { setup, calls } = house();
    await setup.resume();
    expect(calls).toEqual([]);
    expect(await code(setup.serve())).toBe('NOT_SET_UP');
    expect(() => setup.ready()).toThrow(AppError);
  });

  test('a new port restarts the engine under a covered certificate', async () => {
    const { setup, calls } = settledHouse();
    await setup.resume();
    calls.length = 0;
    await setup.change({ port: 5443 });
    expect(calls).toEqual([
      'cover registry.local 192.168.1.20',
      'stop',
      'start',
      'advertise 192.168.1.20 5443',
    ]);
  });

  test('a name outside the constraints changes nothing', async () => {
    const { setup, cover, settings } = settledHouse();
    await setup.resume();
    cover.mockRejectedValueOnce(new AppError('SAN_OUTSIDE', { names: 'example.com' }));
    expect(await code(setup.change({ names: ['example.com'] }))).toBe('SAN_OUTSIDE');
    expect(setup.endpoint().names).toEqual(['registry.local']);
    expect(settings.get('endpoint')).toEqual(settled.endpoint);
  });

  test('an address to listen on that cannot be had is not remembered', async () => {
    const foreign = { listen: '10.9.9.9' };
    const stopped = settledHouse();
    stopped.checkPort.mockRejectedValue(new AppError('LISTEN_ADDRESS', foreign));
    expect(await code(stopped.setup.change(foreign))).toBe('LISTEN_ADDRESS');
    expect(stopped.settings.get('endpoint')).toEqual(settled.endpoint);

    const serving = settledHouse();
    await serving.setup.resume();
    serving.start.mockRejectedValueOnce(new AppError('LISTEN_ADDRESS', foreign));
    expect(await code(serving.setup.change(foreign))).toBe('LISTEN_ADDRESS');
    expect(serving.settings.get('endpoint')).toEqual(settled.endpoint);
    expect(serving.calls.slice(-2)).toEqual(['start', 'advertise 192.168.1.20 5000']);
  });

  test('a computer that moves to another network re-issues and re-announces', async () => {
    const { setup, calls, move } = settledHouse();
    await setup.resume();
    calls.length = 0;
    move(['10.0.0.7']);
    await expect.poll(() => calls).toEqual(['cover registry.local 10.0.0.7', 'advertise 10.0.0.7 5000']);
  });

  test('a name another computer answers for is no reference for devices', () => {
    const settings = new Map(Object.entries(settled));
    const { setup } = house({ settings, conflicts: ['registry.local'] });
    expect(setup.references()).toEqual(['192.168.1.20:5000']);
  });

  test('looks after the certificate every hour while it serves, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { setup, cover } = settledHouse();
      vi.advanceTimersByTime(60 * 60_000);
      expect(cover).not.toHaveBeenCalled();
      await setup.resume();
      expect(cover).toHaveBeenCalledTimes(1);
      cover.mockRejectedValueOnce(new AppError('CA_KEY_MISSING'));
      vi.advanceTimersByTime(2 * 60 * 60_000);
      await expect.poll(() => cover.mock.calls.length).toBe(3);
      await setup.close();
      vi.advanceTimersByTime(60 * 60_000);
      expect(cover).toHaveBeenCalledTimes(3);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a registry that listens on loopback only is no reference for a device', async () => {
    const { setup } = settledHouse([]);
    await setup.resume();
    await setup.change({ listen: '127.0.0.1' });
    expect(setup.references()).toEqual([]);
  });

  test('close withdraws the name before the engine stops', async () => {
    const { setup, calls } = settledHouse();
    await setup.resume();
    calls.length = 0;
    await setup.close();
    expect(calls).toEqual(['withdraw', 'stop']);
  });
});
