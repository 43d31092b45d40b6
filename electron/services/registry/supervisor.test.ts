import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { createLogBook } from '#electron/log.ts';
import { explainFailure } from './failures.ts';
import { EngineFailure } from './link.ts';
import type { EngineConfig, FromEngine, ToEngine } from './messages.ts';
import type { EngineProcess } from './process.ts';
import { createSupervisor, defaultTiming } from './supervisor.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const config: EngineConfig = {
  ...{ listen: '::', port: 80, certPem: '', keyPem: '', storageRoot: '/data/registry' },
  ...{ users: [], tokenKey: '', probes: [] },
  rules: { pull: 'anyone', challenge: 'bearer', canonicalHost: 'registry.local:80', certNames: [] },
};

/** Engines without a process: each answers as told and remembers what it got. */
const createEngines = () => {
  const engines: {
    received: ToEngine[];
    isKilled: boolean;
    say(message: FromEngine): void;
    exit(code: number | null, signal?: string | null): void;
  }[] = [];
  const behaviour = { ready: true, obeys: true, pongs: true };
  const spawnEngine = (): EngineProcess => {
    let onMessage: (message: unknown) => void = () => undefined;
    let onExit: (code: number | null, signal: string | null) => void = () => undefined;
    const engine = {
      received: [] as ToEngine[],
      isKilled: false,
      say: (message: FromEngine) => onMessage(message),
      exit: (code: number | null, signal: string | null = null) => onExit(code, signal),
    };
    engines.push(engine);
    queueMicrotask(() => engine.say({ type: 'hello' }));
    return {
      pid: 1000 + engines.length,
      send(raw) {
        const message = raw as ToEngine;
        engine.received.push(message);
        if (message.type === 'configure' && behaviour.ready) engine.say({ type: 'ready', port: 80 });
        if (message.type === 'ping' && behaviour.pongs) engine.say({ type: 'pong' });
        if (message.type === 'stop' && behaviour.obeys) engine.exit(0);
      },
      onMessage: (listener) => (onMessage = listener),
      onExit: (listener) => (onExit = listener),
      onLog: () => undefined,
      kill() {
        engine.isKilled = true;
        engine.exit(null, 'SIGKILL');
      },
    };
  };
  return { engines, behaviour, spawnEngine };
};

const setUp = () => {
  const { engines, behaviour, spawnEngine } = createEngines();
  const supervisor = createSupervisor({
    spawnEngine,
    config: () => config,
    explain: async (failure) =>
      failure instanceof AppError ? failure : new AppError('REGISTRY_CRASHED', { problem: String(failure) }),
    onMessage: () => undefined,
    onChange: () => undefined,
    log: createLogBook({}).log,
    timing: defaultTiming,
  });
  return { engines, behaviour, supervisor, last: () => engines.at(-1) };
};

describe('supervisor', () => {
  it('waits twice as long after each crash, up to half a minute, and forgives after steady service', async () => {
    const { engines, behaviour, supervisor, last } = setUp();
    await supervisor.start();
    behaviour.ready = false;
    const waits: number[] = [];
    last()?.exit(1);
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const [count, begun] = [engines.length, Date.now()];
      while (engines.length === count) await vi.advanceTimersByTimeAsync(50);
      waits.push(Date.now() - begun);
      last()?.exit(1);
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    behaviour.ready = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(supervisor.state()).toMatchObject({ state: 'serving', error: null, restarts: 1 });
    await vi.advanceTimersByTimeAsync(60_000);
    const count = engines.length;
    last()?.exit(null, 'SIGSEGV');
    expect(supervisor.state().error?.details.problem).toBe('Its process ended by SIGSEGV.');
    await vi.advanceTimersByTimeAsync(250);
    expect(engines.length).toBe(count + 1);
  });

  it('ends an engine that does not answer three checks, and starts another', async () => {
    const { engines, behaviour, supervisor } = setUp();
    await supervisor.start();
    await vi.advanceTimersByTimeAsync(5 * defaultTiming.health);
    expect(engines).toHaveLength(1);
    behaviour.pongs = false;
    await vi.advanceTimersByTimeAsync(4 * defaultTiming.health + defaultTiming.backOff);
    expect(engines[0]?.isKilled).toBe(true);
    expect(engines).toHaveLength(2);
    expect(supervisor.state()).toMatchObject({ state: 'serving', restarts: 1 });
  });

  it('kills an engine that does not stop, and one that never serves', async () => {
    const { engines, behaviour, supervisor } = setUp();
    await supervisor.start();
    behaviour.obeys = false;
    const stopped = supervisor.stop();
    await vi.advanceTimersByTimeAsync(defaultTiming.stop);
    await stopped;
    expect([engines[0]?.isKilled, supervisor.state().state]).toEqual([true, 'stopped']);
    behaviour.ready = false;
    const started = supervisor.start().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(defaultTiming.start + defaultTiming.stop);
    expect(await started).toBeInstanceOf(AppError);
    expect([engines[1]?.isKilled, supervisor.state().state]).toEqual([true, 'failed']);
  });

  it('starts one engine however often it is asked', async () => {
    const { engines, supervisor } = setUp();
    await Promise.all([supervisor.start(), supervisor.start(), supervisor.start()]);
    expect(engines).toHaveLength(1);
    await Promise.all([supervisor.stop(), supervisor.start()]);
    expect(supervisor.state().state).toBe('serving');
    expect(engines).toHaveLength(2);
  });
});

describe('explainFailure', () => {
  const check = async () => ({ port: 80, isFree: false, holder: 'nginx', proposal: 5443 });
  const explain = (code: string) => explainFailure(new EngineFailure(code, 'it broke'), config, check);

  it('gives each reason its own error', async () => {
    expect(await explain('EADDRINUSE')).toMatchObject({
      code: 'PORT_IN_USE',
      details: { port: 80, holder: 'nginx', proposal: 5443 },
    });
    expect(await explain('LISTEN_EACCES')).toMatchObject({ code: 'PORT_FORBIDDEN', details: { port: 80 } });
    expect((await explain('EADDRNOTAVAIL')).code).toBe('LISTEN_ADDRESS');
    expect((await explain('CERTIFICATE')).code).toBe('CERTIFICATE_MISSING');
    expect((await explain('EACCES')).code).toBe('STORAGE_UNWRITABLE');
    expect((await explain('ENOSPC')).code).toBe('STORAGE_UNWRITABLE');
    expect((await explain('EXIT')).code).toBe('REGISTRY_CRASHED');
  });
});
