import type { Socket } from 'node:net';
import { afterEach, beforeEach } from 'vitest';
import { newEd25519, startFake, startOther, type FakeOptions } from '../ssh/fake-server.fixture.ts';
import { startService, type TestService } from './service.fixture.ts';

export const soon = () => ({ signal: AbortSignal.timeout(30_000) });
const pem = newEd25519();
export const byKey = { kind: 'key', pem };

/** For each test of a file a service that is patient with its connections, and fake servers that end with the test. */
export const useBench = () => {
  let service: TestService;
  const stops: (() => Promise<unknown>)[] = [];
  const stopLater = <T extends { stop: () => Promise<unknown> }>(server: T): T => {
    stops.push(server.stop);
    return server;
  };
  beforeEach(async () => {
    service = await startService({ limits: { aliveMs: 15_000 } });
  });
  afterEach(async () => {
    await service.stop();
    for (const stop of stops.splice(0)) await stop();
  });
  return {
    service: () => service,
    /** Another service with other options, in the place of the first. */
    restart: async (options: Parameters<typeof startService>[0]) => {
      await service.stop();
      service = await startService(options);
    },
    fake: async (options?: FakeOptions) => stopLater(await startFake(options)),
    other: async (talk: (socket: Socket) => void) => stopLater(await startOther(talk)),
    add: (port: number | null, more: object = {}) =>
      service.devices.add(service.input({ port, credential: byKey, ...more })),
  };
};
