import { describe, expect, test } from 'vitest';
import type { Device, MetDevice } from '#shared/model/devices.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { byKey, useBench } from './lab/bench.fixture.ts';
import { newEd25519, newRsa, startOther } from './ssh/fake-server.fixture.ts';

const bench = useBench();
const all: DeviceSelection = { all: true };

/** In the list, but nobody has connected to it. */
const addOffline = (name: string, port: number): Promise<Device> =>
  bench.add(port, { name, hostKey: { kind: 'offline' }, credential: byKey });

const meet = async (selection: DeviceSelection = all): Promise<Record<string, MetDevice>> => {
  const met: MetDevice[] = [];
  for await (const answer of bench.service().devices.meet(selection, AbortSignal.timeout(20_000))) {
    met.push(...answer.met);
  }
  return Object.fromEntries(met.map((one) => [one.name, one]));
};

const accept = (...met: (MetDevice | undefined)[]) =>
  bench.service().devices.acceptHostKeys({
    keys: met.flatMap((one) => (one?.hostKey ? [{ device: one.id, port: one.port, ...one.hostKey }] : [])),
  });

describe('host keys of many devices', () => {
  test('are looked at with one connection each and no login; what is accepted is pinned as seen', async () => {
    const [one, two] = [await bench.fake(), await bench.fake({ hostKeys: [newRsa(), newEd25519()] })];
    const gone = await startOther(() => undefined);
    await gone.stop();
    await addOffline('one', one.port);
    await addOffline('two', two.port);
    await addOffline('off', gone.port);
    const met = await meet();
    expect(met).toMatchObject({
      one: { verdict: 'new', port: one.port, hostKey: { type: 'ssh-ed25519' }, error: null },
      two: { verdict: 'new', hostKey: { type: 'ssh-ed25519' } },
      off: { verdict: 'failed', hostKey: null, error: { code: 'DEVICE_REFUSED' } },
    });
    expect([...one.tried, ...two.tried]).toEqual([]);
    const { devices } = bench.service();
    expect(devices.get('one').hostKeys).toEqual([]);

    expect(await accept(met.one, met.two)).toEqual({ accepted: 2, same: 0, refused: [] });
    expect(devices.get('two').hostKeys).toMatchObject([{ ...met.two?.hostKey, how: 'shown' }]);
    expect(await accept(met.one)).toEqual({ accepted: 0, same: 1, refused: [] });
    expect(await meet({ devices: ['one', 'two'] })).toMatchObject({
      one: { verdict: 'same' },
      two: { verdict: 'same' },
    });
  });

  test('a key that has changed is told beside the pinned one, and is not accepted here', async () => {
    const first = await bench.fake();
    const device = await addOffline('gate', first.port);
    const before = await meet();
    await accept(before.gate);
    const other = await bench.fake();
    bench.service().devices.update({ device: device.id, port: other.port });
    const { gate } = await meet();
    const expected = before.gate?.hostKey?.fingerprint;
    expect(gate).toMatchObject({ verdict: 'changed', expected });
    expect(await accept(gate)).toEqual({
      accepted: 0,
      same: 0,
      refused: [{ id: device.id, name: 'gate', fingerprint: gate?.hostKey?.fingerprint, expected }],
    });
    expect(bench.service().devices.get('gate').hostKeys).toMatchObject([{ fingerprint: expected }]);
  });

  test('a pinned key of a lesser type is asked for', async () => {
    const { port } = await bench.fake({ hostKeys: [newEd25519(), newRsa()] });
    const { hostKeys } = await bench.service().devices.contact({ address: '127.0.0.1', port });
    await bench.add(port, {
      name: 'gate',
      hostKey: { kind: 'confirmed', fingerprint: hostKeys[1]?.fingerprint },
    });
    expect(await meet()).toMatchObject({ gate: { verdict: 'same', hostKey: { type: 'ssh-rsa' } } });
  });

  test('devices that were removed meanwhile are passed over, and a type that is not used is named', async () => {
    const { port } = await bench.fake();
    await addOffline('gate', port);
    const { gate } = await meet();
    await bench.service().devices.remove('gate');
    expect(await accept(gate)).toEqual({ accepted: 0, same: 0, refused: [] });
    const key = { device: 'x', port: null, type: 'ssh-dss', fingerprint: gate?.hostKey?.fingerprint ?? '' };
    await expect(bench.service().devices.acceptHostKeys({ keys: [key] })).rejects.toEqual(
      expect.objectContaining({
        code: 'BAD_INPUT',
        details: expect.objectContaining({ field: 'keys.0.type' }),
      }),
    );
  });

  test('looking ends with its signal, and leaves no connection behind', async () => {
    const silent = await bench.other(() => undefined);
    await addOffline('gate', silent.port);
    const stop = new AbortController();
    const answers = [];
    for await (const answer of bench.service().devices.meet(all, stop.signal)) {
      answers.push(answer);
      stop.abort();
    }
    expect(answers).toEqual([{ total: 1, met: [] }]);
  });
});
