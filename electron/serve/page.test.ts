import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentSecurityPolicy, readAsset } from './page.ts';

let folder = '';
let page = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-page-'));
  page = join(folder, 'renderer');
  await mkdir(join(page, 'assets'), { recursive: true });
  await mkdir(`${page}-secret`);
  await writeFile(join(page, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
  await writeFile(join(page, 'assets', 'a-1.js'), 'x');
  await writeFile(join(page, 'key.pem'), 'x');
  await writeFile(join(folder, 'secret.json'), 'secret');
  await writeFile(join(`${page}-secret`, 'a.json'), 'secret');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the nonce of the answer stands in the page', async () => {
  const asset = await readAsset(page, '/', 'N0nce');
  expect(asset).toMatchObject({ status: 200, type: 'text/html; charset=utf-8', isImmutable: false });
  expect(asset.body.toString()).toBe('<meta name="csp-nonce" content="N0nce">');
});

test('files named by their content may be kept', async () => {
  expect(await readAsset(page, '/assets/a-1.js', '')).toMatchObject({ status: 200, isImmutable: true });
});

test.each([
  '/../secret.json',
  '/%2e%2e/secret.json',
  '/..%2fsecret.json',
  '/assets/%2e%2e%2f%2e%2e%2fsecret.json',
  '/..%5csecret.json',
  '/../renderer-secret/a.json',
  '/%00index.html',
  '/%',
])('refuses the path %s', async (path) => {
  const asset = await readAsset(page, path, '');
  expect(asset.status).toBe(400);
  expect(asset.body.toString()).not.toContain('secret');
});

test.each(['/missing.js', '/assets', '/assets/', '/key.pem'])('has no file at %s', async (path) => {
  expect((await readAsset(page, path, '')).status).toBe(404);
});

test('the policy allows no foreign source, no inline script and no evaluation', () => {
  const policy = contentSecurityPolicy('N', 'ws://127.0.0.1:1');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("style-src 'self' 'nonce-N'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});
