import { expect, type Locator, type Page } from '@playwright/test';

type RunEnd = 'Done' | 'Done with failures' | 'Cancelled' | 'Interrupted';

/** One piece of long work. */
export class RunPage {
  readonly page: Page;
  readonly progress: Locator;
  readonly table: Locator;

  constructor(page: Page) {
    this.page = page;
    this.progress = page.getByRole('progressbar', { name: 'Progress', exact: true });
    this.table = page.getByRole('grid', { name: 'Devices in this run' });
  }

  async expectEnd(end: RunEnd): Promise<void> {
    await expect(this.page.getByRole('status').getByText(end, { exact: true })).toBeVisible({
      timeout: 90_000,
    });
  }
}
