import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import type { Device } from '../lab/index.ts';
import type { App } from '../pages/app.ts';
import { pasted } from '../pages/clipboard.ts';
import { expect, test } from '../pages/fixtures.ts';

const hello = 'registry.local:5000/mooring/hello';

const addAndPush = async (app: App, device: Device) => {
  await app.firstRun.complete();
  await app.page.getByRole('button', { name: 'Add devices' }).click();
  await app.devices.add(device);
  await app.devices.act('Push trust', device);
  await app.run.expectEnd('Done');
  await app.open('Devices');
  await app.devices.expectTrust(device, 'Can pull');
};

test('a device that announces itself is found and added', async ({ app, page, addDevice }) => {
  const gate = await addDevice({ profile: 'balena', name: 'gate' });
  await app.firstRun.complete();
  await page.getByRole('button', { name: 'Add devices' }).click();
  await page.getByRole('button', { name: 'Discover' }).click();
  const found = app.dialog('Discover devices').getByRole('listitem').filter({ hasText: gate.name });
  await expect(found).toContainText('balenaOS');
  await expect(found).toContainText(`${gate.hostName} · ${gate.address}:22222`);
  await found.getByRole('button', { name: `Add ${gate.name}` }).click();
  await expect(app.devices.field('Address')).toHaveValue(gate.address);
  await app.devices.field('Path of the private key').fill(gate.keyFile);
  await app.devices.dialog.getByRole('button', { name: 'Continue' }).click();
  await app.devices.confirmHostKey(gate);
  await expect(app.devices.row(gate)).toContainText(gate.address);
});

test('the page of a device shows plan, proofs and history, and lets it pull', async ({
  app,
  page,
  addDevice,
}) => {
  const gate = await addDevice({ profile: 'balena', name: 'gate' });
  await app.firstRun.complete();
  await page.getByRole('button', { name: 'Add devices' }).click();
  await app.devices.add(gate);
  await app.devices.link(gate).click();
  await app.heading(gate.name).waitFor();

  await app.device.openTab('Files');
  await app.device.button('Show plan').click();
  const planned = app.device.table('Planned changes');
  await expect(planned).toContainText('/etc/docker/certs.d/registry.local:5000/mooring-ca.crt');
  expect((await gate.exec('ls /etc/docker')).stdout).not.toContain('certs.d');

  const ours = 'ls /etc/docker/certs.d/registry.local:5000/mooring-ca.crt';
  await app.device.button('Copy the script').click();
  const choices = app.dialog(`Script for ${gate.name}`);
  await choices.getByRole('checkbox', { name: /^Write the registry's name/ }).check();
  await choices.getByRole('button', { name: 'Copy the script' }).click();
  await expect(choices).toBeHidden();
  await expect(page.getByText('does what a push does').first()).toBeVisible();
  const script = await pasted(page);
  expect(script).toContain("pin_names='registry.local'");
  expect((await gate.exec('sh', { input: script })).status).toBe(0);
  expect((await gate.exec(ours)).status).toBe(0);
  await app.device.button('Copy its undo').click();
  await expect(page.getByText('takes back what such a script has done').first()).toBeVisible();
  expect((await gate.exec('sh', { input: await pasted(page) })).status).toBe(0);
  expect((await gate.exec(ours)).status).not.toBe(0);

  await app.device.button('Push trust').click();
  await app.device.openTab('Overview');
  await expect(app.device.table('Proofs').getByRole('row', { name: 'registry.local:5000' })).toBeVisible({
    timeout: 60_000,
  });
  await app.device.button('Let it pull mooring/hello').click();
  await expect
    .poll(async () => (await gate.engine('images', hello)).stdout, { timeout: 30_000 })
    .toContain(hello);

  await app.device.openTab('History');
  await expect(app.device.table('History').getByRole('row')).not.toHaveCount(1);
});

test('with a login required the device pulls after its engine has logged in', async ({
  app,
  page,
  addDevice,
}) => {
  const gate = await addDevice({ profile: 'balena', name: 'gate' });
  await addAndPush(app, gate);
  await app.open('Access');
  const loginOnly = page.getByRole('radio', { name: 'Only with a login' });
  // The registry decides: the choice stands once it has answered.
  await loginOnly.click();
  await expect(loginOnly).toBeChecked();
  await expect.poll(async () => (await gate.engine('pull', hello)).status).not.toBe(0);

  await page.getByRole('button', { name: 'Show password' }).click();
  const shown = page.getByLabel('Password', { exact: true });
  await expect(shown).not.toContainText('•');
  const password = await shown.innerText();
  await app.open('Devices');
  await app.devices.link(gate).click();
  const line = (await app.region('Log the engine in').locator('pre').innerText()).trim();
  expect(line).not.toContain(password);
  const login = await gate.exec(`export HOME=/tmp; ${line} --password-stdin && balena pull -q ${hello}`, {
    input: password,
  });
  expect(login.status, login.stderr).toBe(0);
});

test('a renewed certificate needs no new push, a stopped registry says so', async ({
  app,
  page,
  lab,
  addDevice,
}) => {
  const gate = await addDevice({ profile: 'balena', name: 'gate' });
  await addAndPush(app, gate);
  const serial = async () => {
    const shown = await lab.run(['openssl', 's_client', '-connect', '127.0.0.1:5000', '-showcerts']);
    const pem = /-----BEGIN[^]+?-----END CERTIFICATE-----/.exec(shown.stdout)?.[0];
    return pem === undefined ? 'none was shown' : new X509Certificate(pem).serialNumber;
  };
  const before = await serial();
  await app.open('Certificates');
  await app.region('Server certificate').getByRole('button', { name: 'Renew' }).click();
  await app.dialog('Renew server certificate').getByRole('button', { name: 'Renew' }).click();
  await expect.poll(serial).toMatch(new RegExp(`^(?!${before})[0-9A-F]+$`));
  expect((await gate.engine('pull', '-q', hello)).status).toBe(0);

  await app.open('Home');
  await page.getByRole('button', { name: 'Stop registry' }).click();
  const confirm = page.getByRole('dialog').getByRole('button', { name: /^Stop/ });
  await confirm.click();
  await expect(app.region('Registry')).toContainText('Stopped');
  // The name is withdrawn as well, so only the address is left to be refused.
  const byAddress = hello.replace('registry.local', lab.network.hostAddress);
  expect((await gate.engine('pull', '-q', byAddress)).stderr).toContain('connection refused');
  await page.getByRole('button', { name: 'Start registry' }).click();
  await expect(app.region('Registry')).toContainText('Serving');
  expect((await gate.engine('pull', '-q', hello)).status).toBe(0);
});

test('the CA downloaded is the CA on the device', async ({ app, page, addDevice }) => {
  const gate = await addDevice({ profile: 'balena', name: 'gate' });
  await addAndPush(app, gate);
  await app.open('Certificates');
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CA' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('mooring-ca.crt');
  const installed = await gate.exec('cat /etc/docker/certs.d/registry.local:5000/mooring-ca.crt');
  expect(fs.readFileSync(await download.path(), 'utf8').trim()).toBe(installed.stdout.trim());
});
