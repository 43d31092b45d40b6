import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { type Computer, lineOf, useComputer } from '../computer.ts';
import { createLab, type Device, type Lab, labProblem } from '../lab/index.ts';
import { App } from './app.ts';

export interface HostOptions {
  host: 'serve' | 'desktop';
}

interface WorkerFixtures {
  lab: Lab;
  /** Why the desktop app cannot run here, or null. */
  desktopProblem: string | null;
}

interface Fixtures extends HostOptions {
  /** Starts a device that is switched off again after the test. */
  addDevice: Lab['addDevice'];
  computer: Computer;
  /** Skips what cannot run here, and says why. */
  canRun: boolean;
  /** The app on an empty data folder, opened as a person opens it. */
  app: App;
}

const enter = new URL('enter.sh', import.meta.url).pathname;
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  fs.existsSync(file),
);

const onComputer = (lab: Lab, program: string) => ({
  executablePath: enter,
  env: { ...env(), LAB_MACHINE: String(lab.computer?.pid), LAB_PROGRAM: program },
});

const env = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );

/** Looks for the file only: asking the package for it would start a download. */
const findElectron = (): string | null => {
  const folder = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  try {
    const program = path.join(folder, 'dist', fs.readFileSync(path.join(folder, 'path.txt'), 'utf8').trim());
    return fs.existsSync(program) ? program : null;
  } catch {
    return null;
  }
};

export const test = base.extend<Fixtures, WorkerFixtures>({
  host: ['serve', { option: true }],
  lab: [
    async ({}, use) => {
      const lab = await createLab({ label: 'specs' });
      await use(lab);
      await lab.destroy();
    },
    { scope: 'worker' },
  ],
  desktopProblem: [
    async ({}, use) => {
      const screenProblem =
        process.env.CI || fs.existsSync('/usr/bin/Xvfb') ? null : 'Xvfb is not installed here';
      await use(findElectron() ? screenProblem : 'the Electron runtime is not installed here');
    },
    { scope: 'worker' },
  ],
  launchOptions: [
    async ({ lab }, use) => {
      await use(onComputer(lab, chromium ?? '/usr/bin/chromium'));
    },
    { scope: 'worker' },
  ],
  canRun: [
    async ({ host, desktopProblem }, use, testInfo) => {
      const problem = process.env.CI ? null : labProblem();
      const reason = host === 'desktop' ? (desktopProblem ?? problem) : problem;
      if (reason) console.log(`${testInfo.project.name}: "${testInfo.title}" is skipped, ${reason}`);
      testInfo.skip(reason !== null, reason ?? '');
      await use(true);
    },
    { auto: true },
  ],
  addDevice: async ({ lab }, use) => {
    const started: Device[] = [];
    await use(async (options) => {
      const device = await lab.addDevice(options);
      started.push(device);
      return device;
    });
    await Promise.all(started.map((device) => device.powerOff()));
  },
  computer: async ({ lab }, use) => {
    const computer = await useComputer(lab);
    await use(computer);
    computer.remove();
  },
  page: async ({ page, host, lab, computer }, use) => {
    if (host === 'serve') await onServe(page, computer, use);
    else await onDesktop(lab, computer, use);
  },
  app: async ({ page }, use) => {
    await use(new App(page));
  },
});

/** Playwright's own page at the one-time link that `mooring serve` prints. */
const onServe = async (page: Page, computer: Computer, use: (page: Page) => Promise<void>): Promise<void> => {
  const served = computer.start(['serve']);
  const link = await lineOf(served, /^http:\/\/127\.0\.0\.1:\d+\/\S*$/);
  await page.goto(link);
  await use(page);
  served.signal('TERM');
  const end = await served.ended;
  if (end.status !== 0) throw new Error(`mooring serve ended with ${end.status}:\n${end.stderr}`);
};

const onDesktop = async (lab: Lab, computer: Computer, use: (page: Page) => Promise<void>): Promise<void> => {
  const program = findElectron();
  if (!program) throw new Error('the desktop project ran without the Electron runtime');
  const { executablePath, env: inside } = onComputer(lab, program);
  const root = new URL('../..', import.meta.url).pathname;
  const screen = lab.spawn(['Xvfb', '-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']);
  const display = `:${await lineOf(screen, /^\d+$/)}`;
  const electron: ElectronApplication = await _electron.launch({
    executablePath,
    // The lab needs root, whom Chromium's sandbox refuses.
    args: ['--no-sandbox', root],
    env: { ...inside, HOME: computer.home, MOORING_DATA: computer.dataDir, DISPLAY: display },
  });
  await use(await electron.firstWindow());
  await electron.close();
  screen.signal('TERM');
  await screen.ended;
};

export { expect } from '@playwright/test';
