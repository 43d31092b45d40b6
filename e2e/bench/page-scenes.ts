import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { setTimeout as pause } from 'node:timers/promises';
import type { SimulatedFleet } from './simulated.ts';

/** What a scene may use. */
export interface Stage {
  page: Page;
  fleet: SimulatedFleet;
  /** Devices of the list that nobody plays. */
  rows: number;
}

/** Something a person does or looks at while it is measured. */
export interface Scene {
  /** What comes before it, unmeasured. */
  prepare?(stage: Stage): Promise<void>;
  play(stage: Stage): Promise<void>;
}

const goTo = async (page: Page, hash: string): Promise<void> => {
  await page.evaluate((to) => (window.location.hash = to), hash);
  await page.getByRole('heading', { level: 1 }).waitFor();
};

const grid = (page: Page) => page.getByRole('grid', { name: 'Devices', exact: true });

const openTable = async ({ page }: Stage): Promise<void> => {
  await goTo(page, '/devices');
  await grid(page).getByRole('row').nth(5).waitFor();
  await page.getByRole('textbox', { name: 'Filter devices' }).fill('');
};

/** The devices that are played: the others would only fail. */
const simulated = { filter: { search: 'demo-' }, except: [] };

const runOn = (hash: string | null, begin: (fleet: SimulatedFleet) => Promise<{ jobId: string }>): Scene => ({
  prepare: ({ page }) => goTo(page, hash ?? '/'),
  async play({ page, fleet }) {
    const { jobId } = await begin(fleet);
    if (hash === null) await goTo(page, `/runs/${jobId}`);
    await fleet.finished(jobId);
    // What the page still does once the run is over belongs to it.
    await pause(1500);
  },
});

/** Wheels through the list as fast as a hand does. */
const scroll = async ({ page }: Stage): Promise<void> => {
  await grid(page).hover();
  for (let step = 0; step < 60; step += 1) {
    await page.mouse.wheel(0, 100 * 1.08 ** step);
    await pause(30);
  }
  await page.keyboard.press('Home');
};

const csvOf = (count: number): string =>
  [
    'address,name,user,port,group,tags',
    ...Array.from(
      { length: count },
      (_, index) =>
        `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255},row-${index},root,22,line-${index % 40},site-${index % 7};model-${index % 5}`,
    ),
  ].join('\n');

/** On the disk: a text that is handed over by the driver is work of the page's thread. */
const rowsFile = join(mkdtempSync(join(tmpdir(), 'mooring-bench-')), 'rows.csv');

const importRows: Scene = {
  prepare: async (stage) => {
    writeFileSync(rowsFile, csvOf(stage.rows));
    await goTo(stage.page, '/devices');
    await stage.page.getByRole('button', { name: 'Import', exact: true }).click();
  },
  async play({ page }) {
    const dialog = page.getByRole('dialog', { name: 'Import devices' });
    await dialog.locator('input[type=file]').setInputFiles(rowsFile);
    const preview = dialog.getByRole('grid', { name: 'Devices in the file' });
    await preview.getByRole('row').nth(3).waitFor();
    await preview.hover();
    for (let step = 0; step < 20; step += 1) {
      await page.mouse.wheel(0, 400);
      await pause(30);
    }
    await dialog.getByRole('button', { name: /^Import [\d,. ]+ devices$/ }).click();
    await dialog.getByRole('button', { name: 'Done' }).click({ timeout: 60_000 });
    rmSync(dirname(rowsFile), { recursive: true });
  },
};

const typing: Scene = {
  prepare: openTable,
  async play({ page }) {
    const search = page.getByRole('textbox', { name: 'Filter devices' });
    for (const word of ['row-12', 'model-3 line-7', 'demo']) {
      await search.fill('');
      await search.pressSequentially(word, { delay: 60 });
      await pause(500);
    }
    await search.fill('');
    await pause(500);
  },
};

const ticking: Scene = {
  prepare: openTable,
  async play({ page }) {
    const all = page.getByRole('checkbox', { name: 'Select all that match' });
    for (let turn = 0; turn < 3; turn += 1) {
      await all.click();
      await page.getByRole('toolbar', { name: 'Selected devices' }).waitFor();
      await grid(page).hover();
      await page.mouse.wheel(0, 600);
      await pause(200);
      await all.click();
      await pause(200);
    }
  },
};

/** Gives all devices of the list one thing through its dialog. */
const bulk = (item: string, fill: (stage: Stage) => Promise<void>): Scene => ({
  async prepare(stage) {
    await openTable(stage);
    await stage.page.getByRole('checkbox', { name: 'Select all that match' }).check();
    const toolbar = stage.page.getByRole('toolbar', { name: 'Selected devices' });
    await toolbar.getByRole('button', { name: 'More' }).click();
    await stage.page.getByRole('menuitem', { name: item, exact: true }).click();
    await fill(stage);
  },
  async play({ page }) {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button').last().click();
    await dialog.waitFor({ state: 'hidden', timeout: 60_000 });
    await pause(1000);
  },
});

/** In the order in which they are played. */
export const scenes: Record<string, Scene> = {
  push: runOn(null, ({ client }) => client.trust.push({ selection: simulated })),
  again: runOn('/devices', ({ client }) => client.trust.push({ selection: simulated })),
  home: runOn('/', ({ client }) => client.trust.verify(simulated)),
  import: importRows,
  scroll: { prepare: openTable, play: scroll },
  filter: typing,
  tick: ticking,
  group: bulk('Group', ({ page }) => page.getByRole('dialog').getByRole('combobox').fill('all-of-them')),
  plan: runOn(null, ({ client }) => client.trust.plan({ selection: simulated })),
};
