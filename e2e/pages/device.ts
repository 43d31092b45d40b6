import type { Locator, Page } from '@playwright/test';

type Tab = 'Overview' | 'Files' | 'History' | 'Connection';

/** One device. */
export class DevicePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async openTab(name: Tab): Promise<void> {
    await this.page.getByRole('tab', { name, exact: true }).click();
  }

  table(name: 'Proofs' | 'Planned changes' | 'History' | 'Host keys'): Locator {
    return this.page.getByRole('table', { name, exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('main').getByRole('button', { name, exact: true });
  }
}
