import { expect, test } from '../pages/fixtures.ts';

const gateway = { name: 'demo-gateway' };

test('after another CA and after other names every place says what became of the proofs, until trust is pushed', async ({
  app,
  page,
  computer,
}) => {
  test.slow();
  await app.firstRun.toHome();
  await computer.mooring(['demo', 'start', '--devices', '5']);
  await computer.mooring(['demo', 'act', 'demo-late-clock', 'fix-clock']);
  await computer.mooring(['demo', 'act', 'demo-unplugged', 'plug-in']);
  const push = () => computer.mooring(['trust', 'push', '--all']);
  const verdict = page.getByRole('main').getByText('None of 5 devices can pull', { exact: true });

  const expectEverywhere = async (title: RegExp, mark: RegExp): Promise<void> => {
    await app.open('Home');
    await expect(verdict).toBeVisible();
    await expect(app.region('Devices that can pull')).toContainText(title);
    await expect(page.getByRole('button', { name: 'Push trust to 5 devices' })).toBeVisible();
    await app.open('Devices');
    await expect(app.devices.row(gateway)).toContainText('Outdated');
    await expect(app.devices.row(gateway)).toContainText(title);
    await expect(app.devices.row(gateway).getByRole('button', { name: /^Push trust/ })).toBeVisible();
    await page.getByRole('group', { name: 'Filter by state' }).getByText('5 outdated').click();
    await expect(app.devices.row(gateway)).toBeVisible();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await app.devices.showAs('Matrix');
    await expect(app.devices.proof(gateway, mark).first()).toBeVisible();
    await expect(app.devices.proof(gateway, /^Pulled/)).toHaveCount(0);
    await app.devices.showAs('Table');
    await app.devices.row(gateway).getByRole('link', { name: gateway.name }).click();
    await expect(page.getByRole('note').filter({ hasText: title })).toContainText('Push trust');
    await expect(app.device.table('Proofs')).toContainText(mark);
    const { stdout } = await computer.mooring(['devices', 'list']);
    expect(stdout).toMatch(/demo-gateway .*outdated/);
    expect((await computer.mooring(['trust', 'status'])).stdout).toContain(
      '(mooring trust push --state outdated)',
    );
  };

  await push();
  await expect(page.getByText('All is well: 5 devices can pull')).toBeVisible();

  await test.step('the CA is replaced', async () => {
    await app.open('Certificates');
    await page.getByRole('button', { name: 'Replace CA' }).click();
    const dialog = app.dialog('Replace the certificate authority');
    await dialog.getByRole('checkbox', { name: /^I will push/ }).check();
    await dialog.getByRole('button', { name: 'Replace CA' }).click();
    await expect(dialog).toBeHidden();
    await expectEverywhere(/trusts an older CA/i, /Former CA/);
  });

  await test.step('trust is pushed', async () => {
    await push();
    await app.open('Home');
    await expect(page.getByText('All is well: 5 devices can pull')).toBeVisible();
  });

  await test.step('the port is changed, and with it every name', async () => {
    await app.open('Certificates');
    await app.region('Names and addresses').getByRole('button', { name: 'Change' }).click();
    const dialog = app.dialog('Change names and addresses');
    await dialog.getByRole('textbox', { name: 'Port' }).fill('5443');
    await dialog.getByRole('button', { name: 'Change', exact: true }).click();
    await expect(dialog).toBeHidden();
    await expectEverywhere(/knows only former names/i, /Former name/);
  });
});
