import { expect, type Locator, type Page } from '@playwright/test';
import type { Device } from '../lab/index.ts';

export type TrustText = 'Can pull' | 'Not proven' | 'Outdated' | 'Drifted' | 'Failing' | 'No trust yet';
type Action = 'Push trust' | 'Plan' | 'Verify' | 'Undo' | 'Remove';

/** The list of devices and the dialog that adds one. */
export class DevicesPage {
  readonly page: Page;
  readonly dialog: Locator;
  readonly table: Locator;
  readonly toolbar: Locator;
  readonly search: Locator;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole('dialog', { name: 'Add device' });
    this.table = page.getByRole('grid', { name: 'Devices', exact: true });
    this.toolbar = page.getByRole('toolbar', { name: 'Selected devices' });
    this.search = page.getByRole('textbox', { name: 'Filter devices' });
  }

  row(device: Pick<Device, 'name'>): Locator {
    return this.table.getByRole('row', { name: device.name });
  }

  link(device: Pick<Device, 'name'>): Locator {
    return this.page.getByRole('link', { name: device.name, exact: true });
  }

  async showAs(view: 'Table' | 'Matrix'): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'Show as' }).getByText(view, { exact: true }).click();
  }

  /** Cells of a device in the matrix, by what they say. */
  proof(device: Pick<Device, 'name'>, words: RegExp): Locator {
    return this.page
      .getByRole('grid', { name: 'Trust matrix' })
      .getByRole('row', { name: device.name })
      .getByRole('button', { name: words });
  }

  async expectTrust(device: Pick<Device, 'name'>, state: TrustText): Promise<void> {
    await expect(this.row(device)).toContainText(state, { timeout: 60_000 });
  }

  field(name: string): Locator {
    return this.dialog.getByLabel(name, { exact: true });
  }

  /** Fills in how to reach and enter it, up to the host key. */
  async describe(device: Device, password = device.password): Promise<void> {
    await this.page.getByRole('button', { name: 'Add device' }).first().click();
    await this.field('Address').fill(device.address);
    await this.field('Name').fill(device.name);
    await this.field('User').fill(device.user);
    if (device.password) {
      await this.choose('Password');
      await this.field('Password').and(this.dialog.locator('[type="password"]')).fill(password);
    } else {
      await this.choose('Key file');
      await this.field('Path of the private key').fill(device.keyFile);
    }
    await this.dialog.getByRole('button', { name: 'Continue' }).click();
  }

  async choose(login: 'Key file' | 'Pasted key' | 'Password' | 'SSH agent'): Promise<void> {
    await this.dialog
      .getByRole('radiogroup', { name: 'Log in with' })
      .getByText(login, { exact: true })
      .click();
  }

  /** Compares the fingerprints shown with those of the device, as a person should. */
  async confirmHostKey(device: Device): Promise<void> {
    await expect(this.dialog.getByRole('heading', { name: 'Confirm the host key' })).toBeVisible();
    const shown = (await this.dialog.innerText()).match(/SHA256:[A-Za-z0-9+/]{43}/g) ?? [];
    expect(device.hostKeys().map((key) => key.fingerprint)).toEqual(
      expect.arrayContaining([...new Set(shown)]),
    );
    expect(shown).not.toHaveLength(0);
    await this.dialog.getByRole('button', { name: 'Confirm and add' }).click();
    await expect(this.dialog).toBeHidden();
  }

  async add(device: Device): Promise<void> {
    await this.describe(device);
    await this.confirmHostKey(device);
    await expect(this.row(device)).toBeVisible();
  }

  /** Selects devices and does something with them; a dialog that asks back is answered yes. */
  async act(action: Action, ...devices: Pick<Device, 'name'>[]): Promise<void> {
    for (const device of devices)
      await this.page.getByRole('checkbox', { name: `Select ${device.name}`, exact: true }).check();
    await this.start(action);
  }

  /** The choices of a push, for what is selected. */
  async openPush(): Promise<Locator> {
    await this.toolbar.getByRole('button', { name: 'Push trust', exact: true }).click();
    return this.page.getByRole('dialog', { name: /^Push trust to/ });
  }

  /** The host keys that the selected devices show now. */
  async openHostKeys(): Promise<Locator> {
    await this.toolbar.getByRole('button', { name: 'More' }).click();
    await this.page.getByRole('menuitem', { name: 'Host keys', exact: true }).click();
    return this.page.getByRole('dialog', { name: /^Host keys of/ });
  }

  /** Pastes a list of devices into the import, up to the preview. */
  async importText(text: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Import', exact: true }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Import devices' });
    await dialog.getByRole('textbox', { name: 'Or paste it' }).fill(text);
    await dialog.getByRole('button', { name: 'Look at it' }).click();
    await dialog.getByRole('button', { name: 'Back' }).waitFor();
  }

  /** Does something with what is selected, and comes to its run. */
  async start(action: Action): Promise<void> {
    if (action === 'Remove') {
      await this.toolbar.getByRole('button', { name: 'More' }).click();
      await this.page.getByRole('menuitem', { name: action, exact: true }).click();
      return this.confirm(action);
    }
    await this.toolbar.getByRole('button', { name: action, exact: true }).click();
    if (action !== 'Plan' && action !== 'Verify') await this.confirm(action);
    await this.page.waitForURL(/#\/runs\//);
  }

  private async confirm(action: Action): Promise<void> {
    await this.page
      .getByRole('dialog')
      .getByRole('button', { name: new RegExp(`^${action}`) })
      .last()
      .click();
  }
}
