import type { Locator, Page } from '@playwright/test';
import { DevicePage } from './device.ts';
import { DevicesPage } from './devices.ts';
import { FirstRun } from './first-run.ts';
import { RunPage } from './run.ts';

type Place = 'Home' | 'Devices' | 'Certificates' | 'Access' | 'Storage' | 'Logs';

/** The frame around every page, and the way to each of them. */
export class App {
  readonly page: Page;
  readonly firstRun: FirstRun;
  readonly devices: DevicesPage;
  readonly device: DevicePage;
  readonly run: RunPage;

  constructor(page: Page) {
    this.page = page;
    this.firstRun = new FirstRun(page);
    this.devices = new DevicesPage(page);
    this.device = new DevicePage(page);
    this.run = new RunPage(page);
  }

  async open(place: Place): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place }).click();
    await this.heading(place).waitFor();
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { level: 1, name, exact: true });
  }

  region(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  status(name: 'Registry' | 'Certificate' | 'Run'): Locator {
    return this.page.getByRole('contentinfo').getByRole('button', { name: new RegExp(`^${name}:`) });
  }

  dialog(name: string): Locator {
    return this.page.getByRole('dialog', { name, exact: true });
  }

  async useColours(scheme: 'Light' | 'Dark'): Promise<void> {
    await this.page.getByRole('button', { name: 'App menu' }).click();
    await this.page.getByRole('menuitem', { name: scheme }).click();
    await this.page.getByRole('menu').waitFor({ state: 'hidden' });
  }
}
