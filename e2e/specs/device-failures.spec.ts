import { expect, test } from '../pages/fixtures.ts';

test('each device that fails says why and what to do, and the others go on', async ({ app, addDevice }) => {
  const [good, off, changed, full, locked, wrong] = await Promise.all([
    addDevice({ profile: 'balena', name: 'good' }),
    addDevice({ profile: 'balena', name: 'off' }),
    addDevice({ profile: 'debian', name: 'changed' }),
    addDevice({ profile: 'balena', name: 'full', dockerFolder: 'full' }),
    addDevice({ profile: 'balena', name: 'locked', dockerFolder: 'read-only' }),
    addDevice({ profile: 'debian', name: 'wrong' }),
  ]);
  const all = [good, off, changed, full, locked, wrong];
  await app.firstRun.toHome();
  await app.open('Devices');
  for (const device of all) await app.devices.add(device);
  const [confirmed] = changed.hostKeys();
  await Promise.all([
    off.powerOff(),
    changed.changeHostKeys(),
    wrong.exec(['usermod', '-p', '$6$locked$', wrong.user]),
  ]);

  await app.devices.act('Push trust', ...all);
  await app.run.expectEnd('Done with failures');
  const causes = [
    ['does not answer', off.name],
    ['shows another host key', changed.name],
    ['The disk of this device is full', full.name],
    ['is read-only', locked.name],
    ['does not accept this login', wrong.name],
  ];
  for (const [title = '', name = ''] of causes)
    await expect(app.run.table.getByRole('row', { name }), name).toContainText(title);

  await app.open('Devices');
  await app.devices.expectTrust(good, 'Can pull');
  for (const device of [off, changed, full, locked, wrong]) await app.devices.expectTrust(device, 'Failing');

  await app.devices.link(changed).click();
  const main = app.page.getByRole('main');
  await expect(main).toContainText(confirmed?.fingerprint ?? 'no key');
  const shown = changed.hostKeys().find((key) => key.type === confirmed?.type);
  await expect(main).toContainText(shown?.fingerprint ?? 'no key');
});

test('a wrong password is said when the device is added', async ({ app, addDevice }) => {
  const box = await addDevice({ profile: 'debian', name: 'box' });
  await app.firstRun.complete();
  await app.page.getByRole('button', { name: 'Add devices' }).click();
  await app.devices.describe(box, 'not the password');
  await app.devices.dialog.getByRole('button', { name: 'Confirm and add' }).click();
  await expect(app.page.getByText(/does not accept this login for admin/).first()).toBeVisible();
});

test('an address where nobody answers is said before anything is stored', async ({ app, addDevice }) => {
  const gate = await addDevice({ profile: 'balena', name: 'gate' });
  await gate.powerOff();
  await app.firstRun.complete();
  await app.page.getByRole('button', { name: 'Add devices' }).click();
  await app.devices.describe(gate);
  await expect(app.devices.dialog).toContainText('does not answer', { timeout: 40_000 });
});

test('a drifted device is repaired by pushing again', async ({ app, addDevice }) => {
  const gate = await addDevice({ profile: 'balena', name: 'gate' });
  await app.firstRun.complete();
  await app.page.getByRole('button', { name: 'Add devices' }).click();
  await app.devices.add(gate);
  await app.devices.act('Push trust', gate);
  await app.open('Devices');
  await app.devices.expectTrust(gate, 'Can pull');
  await gate.exec('rm /etc/docker/certs.d/registry.local:5000/mooring-ca.crt');
  await app.devices.act('Verify', gate);
  await app.open('Devices');
  await app.devices.expectTrust(gate, 'Drifted');
  await app.devices.act('Push trust', gate);
  await app.open('Devices');
  await app.devices.expectTrust(gate, 'Can pull');
});
