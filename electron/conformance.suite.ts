import { ORPCError, safe } from '@orpc/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { appErrorData } from '#shared/errors.ts';
import type { LogBook } from './log.ts';
import type { AppRouter } from './router.ts';
import type { Client } from './serve/attach.ts';
import { createDoubleRouter, secretInError } from './conformance.fixture.ts';

/** One way from a caller to the router. */
export interface Transport {
  client: Client;
  close(): void | Promise<void>;
}

const failure = async (call: Promise<unknown>) => {
  const { error } = await safe(call);
  if (!(error instanceof ORPCError) || error.code !== 'MOORING') {
    throw new Error(`not an error of the contract: ${String(error)}`);
  }
  return appErrorData.strict().parse(error.data);
};

const wait = (condition: () => boolean) => vi.waitFor(() => expect(condition()).toBe(true), { interval: 5 });

/** Every transport carries the same contract in the same way; called once for each. */
export const describeTransport = (name: string, connect: (router: AppRouter) => Promise<Transport>): void => {
  describe(`contract over ${name}`, () => {
    let transport: Transport;
    let client: Client;
    let streams: { open: number };
    let book: LogBook;

    beforeAll(async () => {
      const double = createDoubleRouter();
      ({ streams, book } = double);
      transport = await connect(double.router);
      client = transport.client;
    });
    afterAll(() => transport.close());

    test('an output arrives as it was sent', async () => {
      expect(await client.app.info()).toMatchObject({ version: '1.2.3', host: 'cli', pid: 42 });
      expect(await client.devices.loginLine({ device: 'gate' })).toEqual({
        command: 'docker login gate',
        note: '',
      });
    });

    test('an error of a service keeps code, texts and details', async () => {
      expect(await failure(client.devices.get({ device: 'gate-2' }))).toEqual({
        code: 'NOT_FOUND',
        title: 'There is no device "gate-2"',
        cause: expect.any(String),
        next: expect.any(String),
        details: { kind: 'device', id: 'gate-2' },
      });
    });

    test('a typed client knows the error as a declared one', async () => {
      const missing = await safe(client.devices.get({ device: 'gate-2' }));
      const refused = await safe(client.registry.checkPort({ port: 70_000 }));
      expect([missing.isDefined, refused.isDefined]).toEqual([true, true]);
    });

    test('an unknown error shows a reference that the log knows, and nothing of its inside', async () => {
      const { error } = await safe(client.pki.state());
      const data = await failure(client.pki.state());
      expect(data).toMatchObject({ code: 'INTERNAL', reference: expect.stringMatching(/^[0-9a-f]{8}$/) });
      expect(JSON.stringify(error) + JSON.stringify(data) + error?.message).not.toContain(secretInError);
      const logged = book.lines().filter((line) => line.details.reference === data.reference);
      expect(JSON.stringify(logged)).toContain(secretInError);
    });

    test('wrong input names its field', async () => {
      const data = await failure(client.registry.checkPort({ port: 70_000 }));
      expect(data).toMatchObject({ code: 'BAD_INPUT', details: { field: 'port' } });
    });

    test('a stream arrives in order and ends', async () => {
      const seen: number[] = [];
      for await (const job of await client.jobs.watch({ id: 'short' })) seen.push(job.done);
      expect(seen).toEqual([1, 2, 3]);
      await wait(() => streams.open === 0);
    });

    test('a stream that fails fails with the error of the service', async () => {
      const seen: number[] = [];
      const read = async () => {
        for await (const job of await client.jobs.watch({ id: 'fails' })) seen.push(job.done);
      };
      expect(await failure(read())).toMatchObject({ code: 'INTERRUPTED' });
      expect(seen).toEqual([1, 2, 3]);
      await wait(() => streams.open === 0);
    });

    test('a stream that is cancelled is closed at its source', async () => {
      const cancel = new AbortController();
      const stream = await client.jobs.watch({ id: 'endless' }, { signal: cancel.signal });
      for (let done = 1; done <= 3; done += 1) expect((await stream.next()).value).toMatchObject({ done });
      expect(streams.open).toBe(1);
      const pending = stream.next().catch(() => undefined);
      cancel.abort();
      await wait(() => streams.open === 0);
      await pending;
    });

    test('a stream that its reader leaves early is closed at its source', async () => {
      for await (const job of await client.jobs.watch({ id: 'short' })) {
        if (job.done === 1) break;
      }
      await wait(() => streams.open === 0);
    });

    test('1 MiB goes both ways', async () => {
      const certificatePem = 'ü'.repeat(512 * 1024);
      expect((await client.pki.caPem()).pem).toHaveLength(1024 * 1024);
      const data = await failure(client.pki.checkImport({ certificatePem }));
      expect(data.details.problem).toBe('524288 characters');
    });

    test('50 calls at once each get their own answer', async () => {
      const asked = Array.from({ length: 50 }, (_, index) => `gate-${index}`);
      const answers = await Promise.all(asked.map((device) => client.devices.loginLine({ device })));
      expect(answers.map(({ command }) => command)).toEqual(asked.map((device) => `docker login ${device}`));
    });
  });
};
