import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../pages/fixtures.ts';

const isFocused = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => element === document.activeElement);

/** Presses a key until something has the focus. */
const pressTo = async (page: Page, key: string, target: Locator): Promise<void> => {
  for (let steps = 0; steps < 80; steps += 1) {
    if (await isFocused(target)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${target}`);
};

/** Goes there as a person without a mouse does. */
const tabTo = async (page: Page, target: Locator): Promise<void> => {
  await expect(target).toBeAttached();
  await pressTo(page, 'Tab', target);
};

const enter = async (page: Page, target: Locator): Promise<void> => {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
};

const hasFocus = (dialog: Locator): Promise<boolean> =>
  dialog.evaluate((element) => element.contains(document.activeElement));

test('the pages of the fleet need no mouse, and nothing on them loses the focus', async ({
  app,
  page,
  computer,
}) => {
  test.slow();
  await app.firstRun.toHome();
  await computer.mooring(['demo', 'start', '--devices', '12']);
  await computer.mooring(['trust', 'push', '--all']);
  await app.open('Devices');
  const gateway = { name: 'demo-gateway' };
  const row = app.devices.row(gateway);
  const first = app.devices.table.locator('[data-row="0"]');
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });

  await test.step('filter, save the filter, clear it', async () => {
    await enter(page, button('Engine'));
    await expect(page.getByRole('checkbox', { name: /^balenaEngine/ })).toBeFocused();
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await expect(button(/^Engine:/)).toBeFocused();
    await enter(page, button('Save this filter'));
    await expect(page.getByRole('textbox', { name: 'Name of the filter' })).toBeFocused();
    await page.keyboard.type('one engine');
    await page.keyboard.press('Enter');
    await expect(button('one engine')).toBeFocused();
    await enter(page, button('Clear the filter'));
    await expect(app.devices.search).toBeFocused();
  });

  await test.step('each dialog for what is ticked gives the focus back', async () => {
    await tabTo(page, first);
    await pressTo(page, 'ArrowDown', row);
    await page.keyboard.press('Space');
    const more = app.devices.toolbar.getByRole('button', { name: 'More' });
    for (const item of ['Group', 'Tags', 'Login', 'Host keys', 'Remove']) {
      await enter(page, more);
      const target = page.getByRole('menuitem', { name: item, exact: true });
      await expect(target).toBeVisible();
      await pressTo(page, 'ArrowDown', target);
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await expect.poll(() => hasFocus(dialog), item).toBe(true);
      await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
      await expect(more, item).toBeFocused();
    }
    for (const name of ['Push trust', 'Undo'] as const) {
      const opener = app.devices.toolbar.getByRole('button', { name, exact: true });
      await enter(page, opener);
      const dialog = page.getByRole('dialog');
      await expect.poll(() => hasFocus(dialog), name).toBe(true);
      // No trust store of a system has the CA, so nothing would have to restart.
      if (name === 'Undo') await expect(dialog.getByRole('checkbox')).toHaveCount(0);
      await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
      await expect(opener, name).toBeFocused();
    }
    await enter(page, button('Clear selection'));
    await expect(row).toBeFocused();
  });

  await test.step('dialogs of the page, and the steps of the import', async () => {
    for (const name of ['Add device', 'Discover', 'Import']) {
      await enter(page, button(name));
      const dialog = page.getByRole('dialog');
      await expect.poll(() => hasFocus(dialog), name).toBe(true);
      if (name === 'Import') {
        await tabTo(page, dialog.getByRole('textbox', { name: 'Or paste it' }));
        await page.keyboard.insertText('address,name\n127.9.9.9,by keyboard');
        await enter(page, dialog.getByRole('button', { name: 'Look at it' }));
        await dialog.getByRole('grid', { name: 'Devices in the file' }).waitFor();
        expect(await hasFocus(dialog), 'preview').toBe(true);
        await enter(page, dialog.getByRole('button', { name: 'Import 1 device' }));
        await dialog.getByRole('status').waitFor();
        expect(await hasFocus(dialog), 'result').toBe(true);
      }
      await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
      await expect(button(name)).toBeFocused();
    }
  });

  await test.step('a run, the matrix and the page of a device', async () => {
    await page.reload();
    await tabTo(page, first);
    await pressTo(page, 'ArrowDown', row);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect(row.getByRole('link', { name: gateway.name })).toBeFocused();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Space');
    await expect(page.getByRole('checkbox', { name: 'Select demo-gateway' })).toBeChecked();
    await enter(page, app.devices.toolbar.getByRole('button', { name: 'Push trust', exact: true }));
    await enter(
      page,
      app.dialog('Push trust to demo-gateway').getByRole('button', { name: /^Push trust to/ }),
    );
    await app.run.expectEnd('Done');
    await tabTo(page, app.run.table.getByRole('row', { name: gateway.name }));
    await page.keyboard.press('Enter');
    await app.heading(gateway.name).waitFor();
    await tabTo(page, page.getByRole('tab', { name: 'Overview' }));
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: 'Files' })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await app.heading('Devices').waitFor();
    await tabTo(page, page.getByRole('radio', { name: 'Table' }));
    await page.keyboard.press('ArrowRight');
    const matrix = page.getByRole('grid', { name: 'Trust matrix' });
    await tabTo(page, matrix.locator('[data-row="0"]'));
    await pressTo(page, 'ArrowDown', matrix.getByRole('row', { name: gateway.name }));
    const proof = app.devices.proof(gateway, /^Pulled/).first();
    await pressTo(page, 'ArrowRight', proof);
    await expect(proof).toBeFocused();
    await page.keyboard.press('Enter');
    await expect.poll(() => hasFocus(app.dialog(gateway.name))).toBe(true);
    await page.keyboard.press('Escape');
    await expect(proof).toBeFocused();
  });
});
