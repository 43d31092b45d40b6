import { defineConfig } from '@playwright/test';
import type { HostOptions } from './pages/fixtures.ts';

/** The same specs in two hosts: Chromium against `mooring serve`, and the desktop app where its runtime is installed. */
export default defineConfig<object, HostOptions>({
  testDir: 'specs',
  outputDir: '../.cache/specs',
  // One lab, one registry on port 5000 at a time, on machines of two cores.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 860 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'serve', use: { host: 'serve' } },
    { name: 'desktop', use: { host: 'desktop' } },
  ],
});
