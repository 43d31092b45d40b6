import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrustRun } from '#shared/model/trust.ts';
import { findRunning } from '#electron/serve/session.ts';
import type { Asked, ClientOrder, PushAnswer } from './fleet-orders.ts';

/*
 * Whoever sits before the app, on the lab's computer: attaches as the command line does, reads an order a line and
 * answers each with a line. What the app costs is measured from outside.
 */

const dataDir = process.argv[2] ?? '';
const found = await findRunning(dataDir);
if (!found) throw new Error(`no app runs on ${dataDir}`);
const { attachment } = found;
const { client } = attachment;

const add = async ({ devices, keyFile, user }: Asked<'add'>): Promise<number> => {
  const waiting = [...devices];
  const addSome = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      await client.devices.add({
        ...next,
        user,
        credential: { kind: 'key', file: keyFile },
        hostKey: { kind: 'accept-new' },
      });
  };
  await Promise.all(Array.from({ length: 32 }, addSome));
  return (await client.devices.list()).length;
};

/** The longest that the app took for a trivial answer until `isOver`. */
const slowestAnswer = async (isOver: () => boolean): Promise<number> => {
  let slowest = 0;
  while (!isOver()) {
    const begun = performance.now();
    await client.app.info();
    slowest = Math.max(slowest, performance.now() - begun);
    await sleep(100);
  }
  return slowest;
};

const push = async ({ names }: Asked<'push'>): Promise<PushAnswer> => {
  let isOver = false;
  const asking = slowestAnswer(() => isOver);
  const { jobId } = await client.trust.push({ selection: names ? { devices: names } : { all: true } });
  for await (const job of await client.jobs.watch({ id: jobId })) if (job.state !== 'running') break;
  isOver = true;
  const run = (await client.jobs.get({ id: jobId })).result as TrustRun;
  const codes: Record<string, number> = {};
  for (const { code, outcome } of run.devices) {
    const key = outcome === 'failed' ? (code ?? 'failed') : outcome;
    codes[key] = (codes[key] ?? 0) + 1;
  }
  return { seconds: run.seconds, codes, slowestAnswerMs: await asking };
};

/** How long the system takes to say that nobody is there, the slowest of all. */
const slowestRefusal = async ({ addresses, port }: Asked<'refusals'>): Promise<number> => {
  const begun = performance.now();
  await Promise.all(
    addresses.map(async (address) => {
      const socket = net.connect({ host: address, port });
      await once(socket, 'connect').catch(() => undefined);
      socket.destroy();
    }),
  );
  return (performance.now() - begun) / 1000;
};

const carryOut = async (order: ClientOrder): Promise<unknown> => {
  switch (order.do) {
    case 'add':
      return add(order);
    case 'push':
      return push(order);
    case 'refusals':
      return slowestRefusal(order);
  }
};

process.stdout.write('"ready"\n');
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await carryOut(JSON.parse(line) as ClientOrder);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
attachment.close();
