import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '../pages/fixtures.ts';

test('storage is counted, freed after a preview, and verified; damage is taken out of service', async ({
  app,
  page,
  computer,
}) => {
  await app.firstRun.toHome();
  await app.open('Storage');
  const rows = page.getByRole('table', { name: 'Storage by repository' });
  await expect(rows.getByRole('row', { name: /mooring\/hello/ })).toContainText('kB');

  const free = app.region('Free space');
  await free.getByRole('checkbox', { name: 'Remove untagged images too' }).check();
  await free.getByRole('button', { name: 'See what can be freed' }).click();
  await expect(free.getByRole('status')).toHaveText('There is nothing to free.');
  expect(await computer.mooring(['registry', 'gc', '--dry-run'])).toMatchObject({ status: 0 });

  const verify = app.region('Verify');
  await verify.getByRole('button', { name: 'Verify everything' }).click();
  await expect(verify.getByText('all as pushed')).toBeVisible();

  const blobs = path.join(computer.dataDir, 'registry/docker/registry/v2/blobs/sha256');
  const file = fs
    .readdirSync(blobs, { recursive: true, encoding: 'utf8' })
    .find((name) => name.endsWith('/data'));
  fs.appendFileSync(path.join(blobs, file ?? ''), 'damage');
  await verify.getByRole('button', { name: 'Verify everything' }).click();
  await expect(verify.getByRole('list', { name: 'Damaged blobs' })).toContainText(/mooring\/.*sha256:/);
  await expect(app.region('In all')).toContainText('1 damaged blob');

  const limits = app.region('Limits');
  await limits.getByRole('textbox', { name: 'Quota' }).fill('0.001');
  await limits.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Limits saved' })).toBeVisible();
  await page.reload();
  await expect(limits.getByRole('textbox', { name: 'Quota' })).toHaveValue('0.001 GB');
});
