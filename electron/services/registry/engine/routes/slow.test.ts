import { randomBytes } from 'node:crypto';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { basic, startTestEngine, type TestEngine } from '../engine.fixture.ts';
import { digestOf } from '../storage/blobs.ts';

const dial = ({ engine, certificate }: TestEngine, isPlain = false): Socket => {
  const target = { port: engine.port, host: '127.0.0.1' };
  const socket = isPlain ? connect(target) : connectSecurely({ ...target, ca: certificate.certPem });
  return socket.on('error', () => undefined);
};
const head = (...lines: string[]) =>
  [...lines, 'Host: localhost', `Authorization: ${basic()}`, '', ''].join('\r\n');

describe('a client that sends too slowly', () => {
  it('gets 408, loses the connection, and goes on later from what was received', async () => {
    const registry = await startTestEngine({}, { pace: { bytes: 1000, windowMs: 100 } });
    const bytes = randomBytes(5000);
    const begun = await registry.ask('POST', '/v2/slow/blobs/uploads/');
    const at = String(begun.headers.location);
    const socket = dial(registry);
    socket.write(head(`PATCH ${at} HTTP/1.1`, 'Content-Length: 5000'));
    socket.write(bytes.subarray(0, 700));
    let answer = '';
    socket.on('data', (text: Buffer) => (answer += text.toString()));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect((await registry.ask('GET', at)).headers.range).toBe('0-699');
    const rest = { body: bytes.subarray(700), headers: { 'content-range': '700-4999' } };
    const done = await registry.ask('PUT', `${at}?digest=${digestOf(bytes)}`, rest);
    expect(done.status).toBe(201);
    await registry.close();
  });

  it('cannot hold a manifest open either', async () => {
    const registry = await startTestEngine({}, { pace: { bytes: 1000, windowMs: 100 } });
    const socket = dial(registry);
    socket.write(head('PUT /v2/slow/manifests/v1 HTTP/1.1', 'Content-Length: 5000'));
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
    await registry.close();
  });
});

describe('a client that reads nothing of its download', () => {
  it.each(['TLS', 'plain HTTP'])('is gone after the time of silence, over %s', async (transport) => {
    const isPlain = transport === 'plain HTTP';
    const sockets: Socket[] = [];
    const registry = await startTestEngine(
      {},
      {
        idleMs: 1000,
        open: ({ certPem, keyPem }) => {
          const server = isPlain ? createPlainServer() : createServer({ cert: certPem, key: keyPem });
          return server.on('connection', (socket: Socket) => sockets.push(socket));
        },
        isPlain,
      },
    );
    const digest = await registry.pushBlob('big', randomBytes(32 * 1024 * 1024));
    const before = sockets.length;
    const socket = dial(registry, isPlain);
    socket.pause();
    socket.write(head(`GET /v2/big/blobs/${digest} HTTP/1.1`));
    await expect.poll(() => sockets[before]?.destroyed).toBe(true);
    socket.destroy();
    await registry.close();
  });
});
