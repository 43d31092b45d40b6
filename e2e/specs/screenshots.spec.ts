import path from 'node:path';
import { expect, test } from '../pages/fixtures.ts';

const folder = new URL('../../assets/screenshots', import.meta.url).pathname;

/** `MOORING_SCREENSHOTS=1` takes the pictures of the README anew; otherwise the walk alone is tested. */
test('every page in both colour schemes', async ({ app, page, addDevice }) => {
  test.slow();
  const started = await Promise.all([
    addDevice({ profile: 'balena', name: 'gate' }),
    addDevice({ profile: 'balena', name: 'press' }),
    addDevice({ profile: 'debian', name: 'bench' }),
  ]);
  const devices = started.map((device) => ({
    ...device,
    name: device.name.replace(/-[0-9a-f]{6}(-\d+)?$/, ''),
  }));
  const take = async (name: string) => {
    await page.mouse.move(700, 5);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // The page follows the system a moment later.
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
      if (process.env.MOORING_SCREENSHOTS)
        await page.screenshot({
          path: path.join(folder, `${name}-${colorScheme}.png`),
          animations: 'disabled',
        });
    }
  };

  await app.firstRun.step('Your registry').waitFor();
  await take('first-run-1');
  await app.firstRun.next.click();
  await app.firstRun.step('Its certificate').waitFor();
  await take('first-run-2');
  await app.firstRun.create.click();
  await expect(app.firstRun.step('Ready')).toBeVisible({ timeout: 60_000 });
  await take('first-run-3');
  await page.getByRole('button', { name: 'Add devices' }).click();
  for (const device of devices) await app.devices.add(device);
  await devices[1]?.powerOff();
  await app.devices.act('Push trust', ...devices);
  await app.run.expectEnd('Done with failures');
  await take('run');
  await app.open('Devices');
  await app.devices.openPush();
  await take('push');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await take('devices');
  const [gate] = devices;
  if (gate) await app.devices.link(gate).click();
  await expect(app.device.table('Proofs')).toBeVisible();
  await take('device');
  for (const place of ['Home', 'Certificates', 'Access', 'Logs'] as const) {
    await app.open(place);
    await take(place.toLowerCase());
  }
});
