import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from '@playwright/test';
import type { Client } from '#electron/serve/attach.ts';
import { scenes, type Scene, type Stage } from './page-scenes.ts';
import { readTasks, taskCategories } from './page-trace.ts';
import { startSimulated } from './simulated.ts';

/*
 * How smooth the page is while much goes on: the tasks of its main thread above 50 ms, by the clock on the wall and by
 * the work in them. `npm run build` first.
 */

const { values } = parseArgs({
  options: {
    /** Devices that are played. */
    devices: { type: 'string', default: '300' },
    /** Devices of the list that nobody plays; the scene `import` brings them. */
    rows: { type: 'string', default: '10000' },
    only: { type: 'string', default: Object.keys(scenes).join() },
    /** Leaves a trace of each scene with a profile there; open it in the browser's developer tools. Costs work. */
    profile: { type: 'string' },
    'reduced-motion': { type: 'boolean', default: false },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});

const mostMs = 50;

/** How long the app lets an attached client wait at worst, in milliseconds. */
const watchAnswers = (client: Client) => {
  let slowest = 0;
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const asked = performance.now();
      await client.app.info();
      slowest = Math.max(slowest, performance.now() - asked);
      await pause(10);
    }
  })();
  return async (): Promise<number> => {
    isOver = true;
    await asking;
    return slowest;
  };
};

/** What a page tells of itself, beside the trace. */
const countLongTasks = (page: Page) =>
  page.addInitScript(() => {
    const durations: number[] = [];
    Object.assign(globalThis, { longTasks: durations });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) durations.push(entry.duration);
    }).observe({ type: 'longtask', buffered: true });
  });

const takeLongTasks = (page: Page): Promise<number[]> =>
  page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks.splice(0));

const traceOf = async (browser: Browser, page: Page, work: () => Promise<void>): Promise<string> => {
  const profiling = values.profile === undefined ? [] : ['disabled-by-default-v8.cpu_profiler'];
  await browser.startTracing(page, { categories: ['__metadata', ...taskCategories, ...profiling] });
  try {
    await work();
  } finally {
    await pause(100);
  }
  return (await browser.stopTracing()).toString('utf8');
};

const longest = (numbers: number[]): string => Math.max(0, ...numbers).toFixed(0);

const row = (cells: (string | number)[]): string =>
  cells.map((cell, index) => (index === 0 ? String(cell).padEnd(8) : String(cell).padStart(9))).join(' ');

const measure = async (browser: Browser, name: string, scene: Scene, stage: Stage): Promise<void> => {
  const { page, fleet } = stage;
  await scene.prepare?.(stage);
  await pause(1000);
  await takeLongTasks(page);
  const slowest = watchAnswers(fleet.client);
  const begun = performance.now();
  const trace = await traceOf(browser, page, () => scene.play(stage));
  const seconds = (performance.now() - begun) / 1000;
  const answer = await slowest();
  const reported = await takeLongTasks(page);
  const { tasks, work } = readTasks(trace, mostMs);
  const busy = tasks.filter((task) => task.work > mostMs);
  const cells = [name, seconds.toFixed(1), reported.length, longest(tasks.map(({ wall }) => wall))];
  const worked = [busy.length, longest(tasks.map((task) => task.work)), (work / 1000).toFixed(2)];
  console.log(row([...cells, ...worked, answer.toFixed(0)]));
  for (const task of busy.toSorted((a, b) => b.work - a.work).slice(0, 3))
    console.log(`           ${task.work.toFixed(0)} of ${task.wall.toFixed(0)} ms: ${task.parts}`);
  if (values.profile === undefined) return;
  mkdirSync(values.profile, { recursive: true });
  writeFileSync(join(values.profile, `${name}.json`), trace);
};

const chosen = values.only.split(',').map((name): [string, Scene] => {
  const scene = scenes[name];
  if (!scene) throw new Error(`no scene is called ${name}; there are ${Object.keys(scenes).join(', ')}`);
  return [name, scene];
});

const fleet = await startSimulated(Number(values.devices));
try {
  const browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox'] });
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    reducedMotion: values['reduced-motion'] ? 'reduce' : 'no-preference',
  });
  await countLongTasks(page);
  await page.goto(fleet.link);
  await page.getByRole('heading', { level: 1 }).waitFor();
  console.log(row(['scene', 'wall s', '> 50 ms', 'longest', 'of work', 'longest', 'work s', 'answer']));
  for (const [name, scene] of chosen)
    await measure(browser, name, scene, { page, fleet, rows: Number(values.rows) });
  await browser.close();
} finally {
  fleet.stop();
}
