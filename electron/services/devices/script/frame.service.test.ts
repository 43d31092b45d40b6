import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameScript, holdWord, nextScript } from './frame.ts';
import { shellQuote } from './quote.ts';
import { createRecordReader } from './records.ts';
import type { ScriptReading } from './records.ts';
import { shells } from './shells.fixture.ts';

const nonce = 'n0nce';

const runText = async (command: string[], text: string): Promise<ScriptReading> => {
  const [program = 'sh', ...args] = command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const reader = createRecordReader({ nonce });
  child.stdout.on('data', (chunk: Buffer) => reader.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => reader.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
  await new Promise((resolve) => child.once('close', resolve));
  return reader.reading();
};

const run = (command: string[], body: string, limitSeconds?: number): Promise<ScriptReading> =>
  runText(command, frameScript(body, { nonce, ...(limitSeconds === undefined ? {} : { limitSeconds }) }));

/** A process that ended may still wait for its parent to ask how: state Z. */
const isAlive = async (pid: string): Promise<boolean> => {
  const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
};

const sleeping = (seconds: number): string[] => {
  const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.includes(`sleep ${seconds}`));
};

describe.each(shells)('a framed script in $name', { concurrent: true }, ({ command }) => {
  test('emits its records between begin and end', async () => {
    const reading = await run(command, `emit '{"a":1}'\nprintf noise\nput b "x y"; put_number n -12; send`);
    expect(reading).toMatchObject({
      records: [{ a: 1 }, { b: 'x y', n: -12 }],
      hasBegun: true,
      isComplete: true,
      output: 'noise\n',
      isInvalid: false,
    });
  });

  test('device values of any content make valid JSON', async () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 60 })
      .map((it) => it.replaceAll('\0', '').toWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 10 }), async (values) => {
        const body = values.map((value) => `put v ${shellQuote(value)}; send`).join('\n');
        const { records, isComplete } = await run(command, body);

        const shown = (it: string) =>
          it
            .replace(/\x1e/g, '\n')
            .replace(/\t/g, ' ')
            .replace(/[\x01-\x09\x0b-\x1f\x7f]/g, '');
        expect(records).toEqual(values.map((value) => ({ v: shown(value) })));
        expect(isComplete).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('a number that is none becomes null', async () => {
    const { records } = await run(command, `put_number a '1,"x":2'; put_number b ''; put_number c 7; send`);
    expect(records).toEqual([{ a: null, b: null, c: 7 }]);
  });

  test('half a script does nothing', async () => {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-frame-'));
    const file = path.join(folder, 'touched');
    const text = frameScript(`: >${shellQuote(file)}\nemit '{}'`, { nonce });
    for (const part of [0.5, 0.8, 0.95]) await runText(command, text.slice(0, text.length * part));
    await runText(command, text.slice(0, text.lastIndexOf('\n{ mooring 3<')));
    await expect(fs.access(file)).rejects.toThrow();
    await runText(command, text);
    await fs.access(file);
    await fs.rm(folder, { recursive: true });
  });

  test('the body cannot read the script that follows, and exit leaves the end out', async () => {
    const reading = await run(command, `read -r line; put got "$line"; send\nexit 0`);
    expect(reading).toMatchObject({ records: [{ got: '' }], hasBegun: true, isComplete: false });
  });

  test('the watchdog ends the body and its children', async () => {
    const started = Date.now();
    const reading = await run(command, `sh -c 'echo child=$$; sleep 61; :'`, 1);
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(reading.isComplete).toBe(false);
    const child = /child=([0-9]+)/.exec(reading.output)?.[1];
    expect(child).toBeDefined();
    expect(await isAlive(String(child))).toBe(false);
  });

  test('a child that ignores being asked is ended too', async () => {
    const reading = await run(command, `sh -c 'trap "" TERM; echo child=$$; while :; do sleep 1; done'`, 1);
    expect(await isAlive(String(/child=([0-9]+)/.exec(reading.output)?.[1]))).toBe(false);
  });

  test('a tied script ends when its stdin does, once it was told to hold', async () => {
    const [program = 'sh', ...args] = command;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const reader = createRecordReader({
      nonce,
      onRecord() {
        child.stdin.end(`${holdWord}\n`);
      },
    });
    child.stdout.on('data', (chunk: Buffer) => reader.push(chunk));
    child.stdin.write(frameScript(`put step here; send; sleep 65`, { nonce, isTied: true }));
    await ended;
    expect(reader.reading()).toMatchObject({ records: [{ step: 'here' }], isComplete: false });
  });

  test('what a body starts while it is ended is ended too', async ({ onTestFinished }) => {
    const [program = 'sh', ...args] = command;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stdout.once('data', () => child.stdin.end(`${holdWord}\n`));
    const seconds = 61_000 + Math.floor(Math.random() * 9000);
    onTestFinished(() => void spawnSync('pkill', ['-f', `sleep ${seconds}`]));
    const body = `i=0
      while [ "$i" -lt 200 ]; do
        sleep ${seconds} &
        i=$((i+1)) n=0
        while [ "$n" -lt 10000 ]; do n=$((n+1)); done
      done
      wait`;
    child.stdin.write(frameScript(body, { nonce, isTied: true }));
    // A child that is left holds its standard output open.
    await ended;
    expect(sleeping(seconds)).toEqual([]);
  });

  test('a tied script that was never told to hold goes on to its end', async () => {
    const text = frameScript(`put step here; send; sleep 0.3; put step there; send`, { nonce, isTied: true });
    expect(await runText(command, text)).toMatchObject({
      records: [{ step: 'here' }, { step: 'there' }],
      isComplete: true,
    });
  });

  test('a guard that is called off as it begins leaves nothing behind', async ({ expect }) => {
    const seconds = 71_000 + Math.floor(Math.random() * 9000);
    const quick = `within ${seconds} true\n`.repeat(150);
    expect(await run(command, quick)).toMatchObject({ isComplete: true });
    await expect.poll(() => sleeping(seconds)).toEqual([]);
  });

  test('within ends one command and goes on; a quick one keeps its status', async () => {
    const reading = await run(
      command,
      `within 1 sleep 62; put_number slow $?; within 9 sh -c 'exit 3'; put_number quick $?; send`,
    );
    expect(reading).toMatchObject({ records: [{ slow: 143, quick: 3 }], isComplete: true });
  });
});

const knowsLimits = ({ name }: { name: string }): boolean => name !== 'dash';

describe.each(shells.filter(knowsLimits))('a tied shell in $name', { concurrent: true }, ({ command }) => {
  test('a free shell runs another body, and ends with its stdin', async () => {
    const [program = 'sh', ...args] = command;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const readings: ScriptReading[] = [];
    const converse = async (text: string, nonce: string) => {
      const reader = createRecordReader({ nonce });
      const free = new Promise<void>((resolve) => {
        let isTied = false;
        child.stdout.removeAllListeners('data').on('data', (chunk: Buffer) => {
          reader.push(chunk);
          if (reader.reading().hasBegun && !isTied) child.stdin.write(`${holdWord}\n`);
          isTied = reader.reading().hasBegun;
          if (reader.reading().isFree) resolve();
        });
      });
      child.stdin.write(text);
      await free;
      readings.push(reader.reading());
    };
    const functions = `hello() { put from "$1$left"; send; }\n`;
    const body = 'hello "$mine"; left=over; put pid "$$"; send';
    await converse(frameScript(`mine=one\n${body}`, { nonce: 'a1', functions, isTied: true }), 'a1');
    // Said too late, it is nothing to the shell.
    child.stdin.write(`${holdWord}\n`);
    await converse(nextScript('exit 0', { nonce: 'b2' }), 'b2');
    await converse(nextScript(`mine=two\n${body}`, { nonce: 'c3' }), 'c3');
    const louder = functions.replace('$left', '!');
    await converse(nextScript(`mine=three\n${body}`, { nonce: 'd4', functions: louder }), 'd4');
    child.stdin.end();
    await ended;
    const [first, second, third, fourth] = readings;
    expect(first).toMatchObject({ records: [{ from: 'one' }, { pid: String(child.pid) }], isComplete: true });
    expect(second).toMatchObject({ records: [], isComplete: false, isFree: true, output: '' });
    expect(third).toMatchObject({ records: [{ from: 'two' }, { pid: String(child.pid) }], isComplete: true });
    expect(fourth).toMatchObject({ records: [{ from: 'three!' }, { pid: String(child.pid) }] });
  });
});

describe.each(shells.filter((shell) => !knowsLimits(shell)))('a tied shell in $name', ({ command }) => {
  test('a shell that could wait for ever ends with its script', async () => {
    const [program = 'sh', ...args] = command;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const reader = createRecordReader({ nonce });
    child.stdout.on('data', (chunk: Buffer) => reader.push(chunk));
    child.stdin.write(frameScript('put a 1; send', { nonce, isTied: true }));
    await new Promise((resolve) => child.once('close', resolve));
    expect(reader.reading()).toMatchObject({ records: [{ a: '1' }], isComplete: true, isFree: false });
  });
});

test('lines that would not survive a terminal are refused', () => {
  expect(() => frameScript('x'.repeat(1000), { nonce })).toThrow(RangeError);
  expect(() => frameScript('a\tb', { nonce })).toThrow(RangeError);
  expect(() => frameScript('a', { nonce: 'a b' })).toThrow(RangeError);
  expect(() => frameScript(frameScript('a', { nonce }), { nonce })).toThrow(RangeError);
});
