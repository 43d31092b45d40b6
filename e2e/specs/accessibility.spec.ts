import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../pages/fixtures.ts';

const expectNoViolations = async (page: Page, where: string): Promise<void> => {
  // Half-faded text has a contrast nobody ever sees.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
  );
  expect(found, where).toEqual([]);
};

for (const scheme of ['Light', 'Dark'] as const) {
  test(`axe finds nothing on any page, ${scheme.toLowerCase()}`, async ({ app, page, addDevice }) => {
    // Twenty pages, each searched whole: close to the usual limit on a busy machine.
    test.slow();
    const gate = await addDevice({ profile: 'balena', name: 'gate' });
    await page.emulateMedia({ colorScheme: scheme === 'Light' ? 'light' : 'dark', reducedMotion: 'reduce' });
    const check = (where: string) => expectNoViolations(page, `${where}, ${scheme}`);

    await app.firstRun.step('Your registry').waitFor();
    await expect(app.firstRun.next).toBeEnabled();
    await check('first run: name');
    await app.firstRun.next.click();
    await app.firstRun.step('Its certificate').waitFor();
    await page.getByRole('button', { name: 'Advanced' }).click();
    await check('first run: certificate');
    await app.firstRun.create.click();
    await app.firstRun.step('Ready').waitFor();
    await check('first run: ready');
    await page.getByRole('button', { name: 'Go to Home' }).click();
    await app.heading('Home').waitFor();
    await app.useColours(scheme);
    await check('Home');

    await app.open('Devices');
    await check('Devices, empty');
    await app.devices.describe(gate);
    await expect(app.devices.dialog.getByRole('heading', { name: 'Confirm the host key' })).toBeVisible();
    await check('Add device');
    await app.devices.confirmHostKey(gate);
    await app.devices.importText('address,port\n10.0.0.9,22\n10.0.0.8,70000');
    await check('Import devices, preview');
    await page.keyboard.press('Escape');
    await page.getByRole('checkbox', { name: `Select ${gate.name}` }).check();
    const hostKeys = await app.devices.openHostKeys();
    await hostKeys.getByText('1 as confirmed').waitFor();
    await check('Host keys');
    await page.keyboard.press('Escape');
    const push = await app.devices.openPush();
    await push.getByRole('checkbox', { name: /^Also into the trust store/ }).check();
    await push.getByRole('button', { name: 'See what would change' }).click();
    await push.getByRole('button', { name: 'Show it' }).click();
    await push.getByRole('table').first().waitFor();
    await check('Push trust');
    await push.getByRole('checkbox', { name: /^Also into the trust store/ }).uncheck();
    await push.getByRole('button', { name: /^Push trust to/ }).click();
    await app.run.expectEnd('Done');
    await check('a run');
    await app.open('Devices');
    await app.devices.expectTrust(gate, 'Can pull');
    await check('Devices');
    await app.devices.showAs('Matrix');
    await app.devices
      .proof(gate, /^Pulled/)
      .first()
      .click();
    await page.getByRole('dialog', { name: gate.name }).getByText('CA (SHA-256)').waitFor();
    await check('a proof of the matrix');
    await page.keyboard.press('Escape');
    await check('Devices as a matrix');
    await app.devices.showAs('Table');
    await app.devices.link(gate).click();
    for (const tab of ['Overview', 'Files', 'History', 'Connection'] as const) {
      await app.device.openTab(tab);
      await check(`device, ${tab}`);
      if (tab === 'Overview') await app.device.button('Change group and tags').click();
      else if (tab === 'Files') await app.device.button('Copy the script').click();
      else continue;
      await page.getByRole('dialog').waitFor();
      await check(`device, dialog on ${tab}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    for (const place of ['Certificates', 'Access', 'Storage', 'Logs'] as const) {
      await app.open(place);
      await check(place);
    }
  });
}

test('the first run needs no mouse', async ({ app, page }) => {
  const { firstRun } = app;
  await firstRun.step('Your registry').waitFor();
  const press = async (button: 'Continue' | 'Create registry' | 'Go to Home') => {
    const target = page.getByRole('button', { name: button });
    await expect(target).toBeEnabled();
    for (let steps = 0; steps < 40; steps += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) break;
      await page.keyboard.press('Tab');
    }
    await expect(target).toBeFocused();
    await page.keyboard.press('Enter');
  };
  await press('Continue');
  await firstRun.step('Its certificate').waitFor();
  await press('Create registry');
  await expect(firstRun.step('Ready')).toBeVisible({ timeout: 60_000 });
  await press('Go to Home');
  await expect(app.heading('Home')).toBeVisible();
});
