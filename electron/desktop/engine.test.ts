import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';

class Child extends EventEmitter {
  pid = 4711;
  stdout = new PassThrough();
  stderr = new PassThrough();
  posted: unknown[] = [];
  isKilled = false;
  postMessage(message: unknown) {
    this.posted.push(message);
  }
  kill() {
    this.isKilled = true;
  }
}

const children = vi.hoisted(() => [] as Child[]);
vi.mock('electron', () => ({
  utilityProcess: {
    fork: () => {
      const child = new Child();
      children.push(child);
      return child;
    },
  },
}));

test('a utility process has the face of an engine process', async () => {
  const { utilityEngine } = await import('./engine.ts');
  const engine = utilityEngine('/engine.js')();
  const [child] = children;
  const heard: unknown[] = [];
  const lines: string[] = [];
  const ends: unknown[] = [];
  engine.onMessage((message) => heard.push(message));
  engine.onLog((line) => lines.push(line));
  engine.onExit((...end) => ends.push(end));

  engine.send({ type: 'ping' });
  child?.emit('message', { type: 'pong' });
  child?.stdout.write('one\ntw');
  child?.stdout.write('o\n');
  child?.stderr.write('three\n');
  child?.emit('exit', 3);
  engine.kill();

  expect(engine.pid).toBe(4711);
  expect(child?.posted).toEqual([{ type: 'ping' }]);
  expect(heard).toEqual([{ type: 'pong' }]);
  await expect.poll(() => lines.toSorted()).toEqual(['one', 'three', 'two']);
  expect(ends).toEqual([[3, null]]);
  expect(child?.isKilled).toBe(true);
});
