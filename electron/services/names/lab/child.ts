/**
 * The names service in a process of its own, told what to do line by line on stdin: `[method, ...arguments]` in,
 * `{ok}` or `{error}` out, both JSON. The lab starts it inside a network namespace.
 */
import { createInterface } from 'node:readline';
import { createLogBook } from '../../../log.ts';
import { createNames } from '../index.ts';
import type { Wanted } from '../advertise.ts';

const [hostName = 'laptop'] = process.argv.slice(2);
const { log } = createLogBook({ sink: (line) => process.stderr.write(`${JSON.stringify(line)}\n`) });
const names = createNames({ log, hostName });

const methods = {
  advertise: async (wanted: Wanted) => {
    await names.advertise(wanted);
    return names.state();
  },
  withdraw: () => names.withdraw(),
  state: () => names.state(),
  candidates: () => names.candidates(),
  probe: (name: string) => names.probe(name, { timeoutMs: 1000 }),
  resolve: (name: string) => names.resolve(name, { timeoutMs: 3000 }),
  browse: async (types: string[], seconds: number) => {
    let last: unknown = [];
    for await (const list of names.browse(types, { seconds })) last = list;
    return last;
  },
};

const run = async (line: string): Promise<void> => {
  const [method, ...rest] = JSON.parse(line) as [keyof typeof methods, ...never[]];
  try {
    const call = methods[method] as (...rest: never[]) => unknown;
    process.stdout.write(`${JSON.stringify({ ok: (await call(...rest)) ?? null })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  }
};

const input = createInterface({ input: process.stdin });
input.on('line', (line) => void run(line));
input.on('close', () => void names.withdraw().finally(() => process.exit(0)));
