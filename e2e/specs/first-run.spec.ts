import { expect, test } from '../pages/fixtures.ts';

test('a name, a port and an address that cannot work are refused where they stand', async ({ app }) => {
  const { firstRun, page } = app;
  await firstRun.step('Your registry').waitFor();
  await expect(firstRun.name).toHaveValue('registry.local');

  await firstRun.name.fill('my registry');
  await firstRun.next.click();
  await expect(firstRun.name).toHaveAccessibleDescription(/letters, digits and dashes/);
  await firstRun.name.fill('a.registry.local');
  await firstRun.next.click();
  await expect(firstRun.name).toHaveAccessibleDescription(/two-part \.local names/);
  await firstRun.name.fill('10.0.0.1');
  await firstRun.next.click();
  await expect(firstRun.name).toHaveAccessibleDescription(/IP address/);
  await firstRun.name.fill('registry.local');

  await firstRun.port.fill('70000');
  await firstRun.port.blur();
  await expect(firstRun.port).toHaveValue('65535');
  await firstRun.port.fill('');
  await firstRun.next.click();
  await expect(firstRun.step('Your registry')).toBeVisible();
  await firstRun.port.fill('5000');
  await firstRun.next.click();
  await expect(firstRun.step('Its certificate')).toBeVisible();
  await page.getByRole('button', { name: 'Back' }).click();
  await expect(firstRun.name).toHaveValue('registry.local');
});

test('the address of the network is proposed, loopback is not', async ({ app, lab }) => {
  await app.firstRun.step('Your registry').waitFor();
  await expect(app.firstRun.address(lab.network.hostAddress)).toBeChecked();
  await expect(app.firstRun.address('127.0.0.1')).toHaveCount(0);
});

test('a port in use names its holder and proposes another', async ({ app, lab }) => {
  const holder = lab.spawn(['busybox', 'nc', '-l', '-p', '5000']);
  try {
    await expect
      .poll(async () => (await lab.run(['ss', '-Hltn', 'sport = :5000'])).stdout)
      .toContain(':5000');
    await app.firstRun.step('Your registry').waitFor();
    await app.page.reload();
    await app.firstRun.step('Your registry').waitFor();
    await expect(app.page.getByText('5443').first()).toBeVisible();
    await expect(app.page.getByText(/taken by busybox/).first()).toBeVisible();
  } finally {
    holder.signal('TERM');
    await holder.ended;
  }
});

test('a CA that cannot work is refused with its reason', async ({ app }) => {
  const { firstRun, page } = app;
  await firstRun.step('Your registry').waitFor();
  await firstRun.next.click();
  await page.getByRole('button', { name: 'Advanced' }).click();
  await page.getByRole('radio', { name: 'Use my own' }).check();
  await page.getByRole('textbox', { name: 'CA certificate (PEM)' }).fill('no certificate at all');
  await page.getByRole('textbox', { name: 'CA key (PEM)' }).fill('no key either');
  await firstRun.create.click();
  await expect(page.getByText(/is not a readable PEM/).first()).toBeVisible();
  await expect(firstRun.step('Its certificate')).toBeVisible();
});
