import type { Device } from '../lab/index.ts';
import { expect, test } from '../pages/fixtures.ts';

const line = ({ address, name, user, port, keyFile, password }: Device, group: string): string =>
  [address, name, user, port, password ? '' : keyFile, password, group].join(',');

test('a fleet from a file to green in waves, what failed retried, and back', async ({
  app,
  page,
  addDevice,
}) => {
  // Four devices with engines, three waves, a retry and the way back.
  test.slow();
  const [one, two, three, locked] = await Promise.all([
    addDevice({ profile: 'balena', name: 'one' }),
    addDevice({ profile: 'balena', name: 'two' }),
    addDevice({ profile: 'balena', name: 'three' }),
    addDevice({ profile: 'debian', name: 'locked' }),
  ]);
  const all = [one, two, three, locked];
  await app.firstRun.complete();
  await page.getByRole('button', { name: 'Add devices' }).click();

  await test.step('import a file; a bad line is named and left out', async () => {
    await app.devices.importText(
      ['address,name,user,port,keyFile,password,group', ...all.map((device) => line(device, 'hall'))]
        .concat('10.0.0.9,wrong port,root,70000,,,hall')
        .join('\n'),
    );
    const dialog = app.dialog('Import devices');
    await expect(dialog.getByRole('list', { name: 'Problems' })).toContainText('Line 6');
    await dialog.getByRole('button', { name: 'Import 4 devices' }).click();
    await expect(dialog.getByRole('status')).toContainText('4 devices added');
    await dialog.getByRole('button', { name: 'Done' }).click();
    for (const device of all) await app.devices.expectTrust(device, 'No trust yet');
  });

  await test.step('filter by words and by state, select all, plan', async () => {
    await app.devices.search.fill('two');
    await expect(app.devices.row(one)).toHaveCount(0);
    await expect(app.devices.row(two)).toBeVisible();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.getByRole('group', { name: 'Filter by state' }).getByText('4 without trust').click();
    await page.getByRole('checkbox', { name: 'Select all that match' }).check();
    await expect(app.devices.toolbar).toContainText('4 devices selected');
  });

  await test.step('host keys of all are compared with the devices and confirmed at once', async () => {
    const dialog = await app.devices.openHostKeys();
    await expect(dialog.getByText('4 to be confirmed')).toBeVisible();
    for (const device of all) {
      const [fingerprint] =
        (await dialog.getByRole('row', { name: device.name }).innerText()).match(/SHA256:\S+/) ?? [];
      expect(device.hostKeys().map((key) => key.fingerprint)).toContain(fingerprint);
    }
    await expect(dialog.getByRole('button', { name: 'Confirm keys' })).toBeDisabled();
    await dialog.getByRole('checkbox', { name: 'Select all that are to be confirmed' }).check();
    await dialog.getByRole('button', { name: 'Confirm 4 keys' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('button', { name: 'Host key', exact: true })).toHaveCount(0);
  });

  await locked.exec(['usermod', '-p', '$6$locked$', locked.user]);
  await test.step('push in waves: what fails is grouped by cause, the others go on', async () => {
    const dialog = await app.devices.openPush();
    await dialog.getByRole('radio', { name: /^In waves/ }).check();
    await dialog.getByRole('textbox', { name: 'Stop after this many failures' }).fill('2');
    await dialog.getByRole('button', { name: /^Push trust to 4/ }).click();
    await app.run.expectEnd('Done with failures');
    await expect(page.getByRole('list', { name: 'Waves' }).getByRole('listitem')).toHaveCount(3);
    const cause = app.region('What failed').getByRole('region', { name: /does not accept this login/ });
    await expect(cause).toContainText('1 ×');
    await cause.getByRole('button', { name: 'Show it' }).click();
    await expect(app.run.table.getByRole('row', { name: locked.name })).toContainText('Failed');
    await expect(app.run.table.getByRole('row', { name: one.name })).toHaveCount(0);
  });

  await test.step('retry the failed one', async () => {
    await locked.exec(['chpasswd'], { input: `${locked.user}:${locked.password}\n` });
    await page.getByRole('button', { name: 'Retry 1 failed' }).click();
    await app.run.expectEnd('Done');
    await app.open('Devices');
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    for (const device of all) await app.devices.expectTrust(device, 'Can pull');
  });

  await test.step('the matrix: each name by its own engine, what the registry saw, without a mouse', async () => {
    await app.devices.showAs('Matrix');
    for (const device of all) await expect(app.devices.proof(device, /^Pulled/).first()).toBeVisible();
    const row = page.getByRole('grid', { name: 'Trust matrix' }).getByRole('row', { name: two.name });
    await row.focus();
    for (const key of ['Tab', 'Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
    const proof = app.dialog(two.name);
    await expect(proof).toContainText('balenaEngine');
    await expect(proof).toContainText(/([0-9A-F]{2}:){7}/);
    await page.keyboard.press('Escape');
    await app.devices.showAs('Table');
  });

  await test.step('undo all, and the files are gone', async () => {
    await page.getByRole('checkbox', { name: 'Select all that match' }).check();
    await app.devices.start('Undo');
    await app.run.expectEnd('Done');
    for (const device of all)
      expect((await device.exec('ls -A /etc/docker/certs.d')).stdout, device.name).toBe('');
  });
});

test('a long file is looked at page by page, and each of its bad lines is named', async ({ app, page }) => {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  await app.firstRun.complete();
  await page.getByRole('button', { name: 'Add devices' }).click();
  await app.devices.importText(
    [
      'address,name,port',
      ...numbers(250).map((n) => `10.1.0.${n},bad ${n},70000`),
      ...numbers(250).map((n) => `10.2.0.${n},good ${n},22`),
    ].join('\n'),
  );
  const dialog = app.dialog('Import devices');
  const problems = dialog.getByRole('list', { name: 'Problems' });
  await expect(problems).toContainText('Line 101');
  await expect(problems).not.toContainText('Line 102');
  await problems.getByRole('button', { name: 'Show 100 of 150 more' }).click();
  await problems.getByRole('button', { name: 'Show 50 of 50 more' }).click();
  await expect(problems).toContainText('Line 251');
  await expect(problems.getByRole('button')).toHaveCount(0);

  const rows = dialog.getByRole('grid', { name: 'Devices in the file' });
  await expect(rows).toContainText('good 1');
  await rows.getByRole('row').nth(1).focus();
  await page.keyboard.press('End');
  await expect(rows).toContainText('good 250');
});

test('the table needs no mouse', async ({ app, page, addDevice }) => {
  const [one, two] = await Promise.all([
    addDevice({ profile: 'balena', name: 'one' }),
    addDevice({ profile: 'balena', name: 'two' }),
  ]);
  await app.firstRun.complete();
  await page.getByRole('button', { name: 'Add devices' }).click();
  await app.devices.importText(`address,name\n${one.address},${one.name}\n${two.address},${two.name}`);
  await app.dialog('Import devices').getByRole('button', { name: 'Import 2 devices' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(app.devices.row(two)).toBeVisible();

  await page.getByRole('button', { name: 'State' }).focus();
  await page.keyboard.press('Tab');
  await expect(app.devices.table.getByRole('button', { name: 'Group and tags' })).toHaveCount(0);
  for (let steps = 0; steps < 6; steps += 1) {
    if (await app.devices.row(one).evaluate((row) => row === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(app.devices.row(one)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(app.devices.row(two)).toBeFocused();
  await page.keyboard.press('Space');
  await expect(app.devices.row(two)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ControlOrMeta+A');
  await expect(app.devices.toolbar).toContainText('2 devices selected');
  await page.keyboard.press('Escape');
  await expect(app.devices.toolbar).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(app.heading(two.name)).toBeVisible();
});

test('without hardware a simulated fleet tells the story', async ({ app, page }) => {
  await app.firstRun.complete();
  await page.getByRole('button', { name: 'Try it with a simulated fleet' }).click();
  await expect(app.region('Simulated fleet')).toContainText('3 simulated devices');
  await page.getByRole('checkbox', { name: 'Select all that match' }).check();
  await app.devices.start('Push trust');
  await app.run.expectEnd('Done with failures');
  await expect(app.region('What failed')).toContainText('41 days behind');
  await expect(page.getByRole('button', { name: 'Undo all' })).toBeVisible();
  await app.open('Devices');
  await page.getByRole('button', { name: /^Set its clock right/ }).click();
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await app.devices.act('Push trust', { name: 'demo-late-clock' });
  await app.run.expectEnd('Done');
  await app.open('Devices');
  await page.getByRole('button', { name: 'End the simulation' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
  await expect(page.getByRole('heading', { name: 'No devices yet' })).toBeVisible();
});

test('the table of a long run is no higher than the window, so it holds the rows in view alone', async ({
  app,
  page,
  computer,
}) => {
  await app.firstRun.toHome();
  await computer.mooring(['demo', 'start', '--devices', '150']);
  const { value } = await computer.json<{ jobId: string }>([
    ...['call', 'devices.probe', JSON.stringify({ all: true })],
  ]);
  await page.evaluate((id) => (window.location.hash = `/runs/${id}`), value.jobId);
  const rows = app.run.table.locator('[data-row]');
  await expect(rows.nth(5)).toBeVisible();
  expect(await app.run.table.getAttribute('aria-rowcount')).toBe('151');
  expect(await rows.count()).toBeLessThan(60);
  const { height } = (await app.run.table.boundingBox()) ?? { height: Infinity };
  expect(height).toBeLessThan(page.viewportSize()?.height ?? 0);
});
