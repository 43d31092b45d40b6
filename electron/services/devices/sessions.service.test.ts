import { connect, type Socket } from 'node:net';
import type { ServerChannel } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { soon, useBench } from './lab/bench.fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const bench = useBench();
const { fake, other, add } = bench;

const connected = async (port: number, more: object = {}) => {
  const { id } = await add(port, more);
  return bench.service().devices.connect(id, soon());
};

/** A device in the list whose host key is confirmed, and with which nobody has spoken. */
const known = async (port: number): Promise<string> => {
  const { devices } = bench.service();
  const { id } = await add(port, { hostKey: { kind: 'offline' } });
  const [key] = (await devices.contact({ address: '127.0.0.1', port })).hostKeys;
  await devices.acceptHostKey({ device: id, fingerprint: key?.fingerprint ?? '' });
  return id;
};

describe('scripts', () => {
  test('run in turn, with a banner before and between', async () => {
    const { port } = await fake({ greeting: 'Property of nobody' });
    const session = await connected(port);
    const seen: unknown[] = [];
    const ends = await Promise.all([
      session.run('sleep 0.2; put a 1; send', { timeoutMs: 20_000, onRecord: (record) => seen.push(record) }),
      session.run('printf noise; put b 2; send', {
        timeoutMs: 20_000,
        onRecord: (record) => seen.push(record),
      }),
    ]);
    expect(seen).toEqual([{ a: '1' }, { b: '2' }]);
    expect(ends[1]).toEqual({ records: [{ b: '2' }], isComplete: true, output: 'noise\n' });
    session.close();
  });

  test('without the end record are not complete', async () => {
    const { port } = await fake();
    const session = await connected(port);
    const end = await session.run('put a 1; send; exit 0', { timeoutMs: 20_000 });
    expect(end).toMatchObject({ records: [{ a: '1' }], isComplete: false });
    session.close();
  });

  test('that never begin were not run', async () => {
    const { port, commands } = await fake({
      exec(_command, channel) {
        channel.write('This service allows sftp connections only.\n');
        channel.exit(0);
        channel.close();
      },
    });
    const session = await connected(port);
    commands.length = 0;
    await expect(session.run(':', { timeoutMs: 20_000 })).rejects.toEqual(code('SCRIPT_NOT_RUN'));
    expect(commands.map((command) => command.slice(0, 5))).toEqual(['sh -s', 'sh -c']);
    session.close();
  });

  test('whose device prints for ever are ended at the cap', async () => {
    const { port } = await fake({
      exec(_command, channel) {
        const flood = () => {
          while (channel.writable && channel.write('x'.repeat(16_384)));
        };
        channel.on('drain', flood);
        flood();
      },
    });
    const session = await connected(port);
    await expect(session.run(':', { timeoutMs: 10_000 })).rejects.toEqual(code('DEVICE_OUTPUT_INVALID'));
  });

  test('that take too long, are cancelled, or lose their link each say so', async () => {
    const server = await fake({ exec: () => undefined });
    const id = await known(server.port);
    const open = () => bench.service().devices.connect(id, soon());

    await expect((await open()).run(':', { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'DEVICE_TIMEOUT',
      details: { phase: 'run the script' },
    });
    const cancel = new AbortController();
    const cancelled = (await open()).run(':', { timeoutMs: 20_000, signal: cancel.signal });
    cancel.abort();
    await expect(cancelled).rejects.toEqual(code('CANCELLED'));
    const session = await open();
    const before = server.commands.length;
    const lost = session.run(':', { timeoutMs: 20_000 });
    await expect.poll(() => server.commands.length).toBeGreaterThan(before);
    server.cut();
    await expect(lost).rejects.toEqual(code('DEVICE_LINK_LOST'));
    await expect(session.run(':', { timeoutMs: 20_000 })).rejects.toEqual(code('DEVICE_LINK_LOST'));
    await expect.poll(() => server.open()).toBe(0);
  });
});

test('a link that goes dead is found by keepalive', async () => {
  await bench.restart({ limits: { keepaliveMs: 200, keepaliveTries: 2 } });
  const server = await fake({ exec: () => undefined });
  const pairs: Socket[][] = [];
  const between = await other((socket) => {
    const onward = connect(server.port, '127.0.0.1');
    onward.on('error', () => undefined);
    pairs.push([socket, onward]);
    socket.pipe(onward).pipe(socket);
  });
  const id = await known(between.port);
  const dead = (await bench.service().devices.connect(id, soon())).run(':', { timeoutMs: 20_000 });
  await expect.poll(() => server.commands.length).toBe(1);
  for (const [near, onward] of pairs) {
    near?.unpipe();
    onward?.unpipe();
  }
  await expect(dead).rejects.toEqual(code('DEVICE_LINK_LOST'));
});

test('a device that takes for ever is ended by its own limit', async () => {
  await bench.restart({ limits: { deviceMs: 3000 } });
  const server = await fake({ exec: () => undefined });
  const id = await known(server.port);
  const slow = (await bench.service().devices.connect(id, soon())).run(':', { timeoutMs: 20_000 });
  await expect(slow).rejects.toMatchObject({ code: 'DEVICE_TIMEOUT', details: { phase: 'finish' } });
});

describe('sudo, as a scripted device plays it', () => {
  /** Plays a device that is asked to become root: the marks are found in the command as a shell would print them. */
  const play = (
    talk: (marks: { prompt: string; ready: string }, channel: ServerChannel, heard: () => string) => void,
  ) =>
    fake({
      exec(command, channel) {
        const nonce = /([0-9a-f]{16})P/.exec(command)?.[1] ?? 'none';
        let heard = '';
        channel.on('data', (chunk: Buffer) => (heard += chunk.toString()));
        talk({ prompt: `\x1e${nonce}P`, ready: `\x1e${nonce}R` }, channel, () => heard);
      },
    });
  const sudoer = (more: object = {}) => ({ user: 'pi', sudoPassword: 'open sesame', ...more });

  test('neither password nor script go in before their marks', async () => {
    const seen: string[] = [];
    const { port } = await play((marks, channel, heard) => {
      channel.stderr.write('We trust you have received the usual lecture. Password: ');
      setTimeout(() => {
        seen.push(heard());
        channel.stderr.write(marks.prompt.slice(0, 5));
        channel.stderr.write(marks.prompt.slice(5));
      }, 100);
      channel.once('data', () => {
        seen.push(heard());
        setTimeout(() => {
          seen.push(heard());
          channel.write(marks.ready);
          channel.once('data', () => {
            seen.push(heard().split('\n')[1] ?? '');
            channel.exit(0);
            channel.close();
          });
        }, 100);
      });
    });
    const added = await add(port, sudoer());
    expect(added.trust.error?.code).toBe('SCRIPT_NOT_RUN');
    expect(seen).toEqual(['', 'open sesame\n', 'open sesame\n', expect.stringMatching(/^# Mooring/)]);
  });

  test('a second prompt is a wrong password, and no third answer is given', async () => {
    let answers = '';
    const { port } = await play((marks, channel, heard) => {
      channel.stderr.write(marks.prompt);
      channel.on('data', () => {
        answers = heard();
        channel.stderr.write(`Sorry, try again.\n${marks.prompt}`);
      });
    });
    expect((await add(port, sudoer())).trust.error?.code).toBe('SUDO_PASSWORD_WRONG');
    expect(answers).toBe('open sesame\n');
  });

  test('a device that prints for ever instead is left', async () => {
    const { port } = await play((_marks, channel) => {
      const flood = () => {
        while (channel.writable && channel.write('x'.repeat(16_384)));
      };
      channel.on('drain', flood);
      flood();
    });
    expect((await add(port, sudoer())).trust.error?.code).toBe('DEVICE_OUTPUT_INVALID');
  });
});
