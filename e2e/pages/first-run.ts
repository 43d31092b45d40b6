import { expect, type Locator, type Page } from '@playwright/test';
import { pasted } from './clipboard.ts';

/** The three steps before there is a registry. */
export class FirstRun {
  readonly page: Page;
  readonly name: Locator;
  readonly port: Locator;
  readonly next: Locator;
  readonly create: Locator;

  constructor(page: Page) {
    this.page = page;
    this.name = page.getByRole('textbox', { name: 'Registry name' });
    this.port = page.getByRole('textbox', { name: 'Port' });
    this.next = page.getByRole('button', { name: 'Continue' });
    this.create = page.getByRole('button', { name: 'Create registry' });
  }

  step(name: 'Your registry' | 'Its certificate' | 'Ready'): Locator {
    return this.page.getByRole('heading', { level: 1, name, exact: true });
  }

  address(value: string): Locator {
    return this.page.getByRole('switch', { name: value });
  }

  /** Accepts everything proposed. */
  async complete(): Promise<void> {
    await this.step('Your registry').waitFor();
    await this.next.click();
    await this.step('Its certificate').waitFor();
    await this.create.click();
    await expect(this.step('Ready')).toBeVisible({ timeout: 60_000 });
  }

  /** The same, and on to Home. */
  async toHome(): Promise<void> {
    await this.complete();
    await this.page.getByRole('button', { name: 'Go to Home' }).click();
  }

  snippet(name: 'Log in' | 'Push an image' | 'Pull on a device'): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  /** The password as its copy button gives it. */
  async copyPassword(): Promise<string> {
    await this.page.getByRole('button', { name: 'Copy password' }).click();
    let text = '';
    await expect.poll(async () => (text = await pasted(this.page))).not.toBe('');
    return text;
  }
}
