import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import { openStore, type Store } from '#electron/store/index.ts';
import { caChoice, leafOptions } from '#shared/model/pki.ts';
import { isIssuedBy, readCertificates } from './certificate.ts';
import { createPki, type Pki } from './index.ts';

const { log } = createLogBook({});
const choice = caChoice.parse({ mode: 'create', algorithm: 'ec-p256' });
const leaf = leafOptions.parse({ algorithm: 'ec-p256' });
const san = { names: ['registry.local'], addresses: [] };

let dataDir: string;
let store: Store;
beforeEach(async () => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'mooring-crash-'));
  store = await openStore({ dataDir, log });
});
afterEach(() => {
  vi.restoreAllMocks();
  store.close();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

const open = () => createPki({ dataDir, store, log });

/** Everything on disk stops being possible from the n-th rename or removal on, as when the power goes. */
const crashAt = async (count: number, work: () => Promise<unknown>): Promise<boolean> => {
  let left = count;
  const step = <F extends (...args: never[]) => unknown>(real: F) =>
    ((...args) => {
      left -= 1;
      if (left < 0) throw new Error('power cut');
      return real(...args);
    }) as F;
  const { renameSync, rmSync } = fs;
  vi.spyOn(fs, 'renameSync').mockImplementation(step(renameSync));
  vi.spyOn(fs, 'rmSync').mockImplementation(step(rmSync));
  const isDone = await work().then(
    () => true,
    () => false,
  );
  vi.restoreAllMocks();
  return isDone;
};

const fileNames = () =>
  fs
    .readdirSync(path.join(dataDir, 'pki'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'));

const expectWhole = async (pki: Pki) => {
  const [certificate, ca] = readCertificates(pki.serverFiles().certPem);
  expect(certificate && ca && isIssuedBy(certificate, ca)).toBe(true);
  expect(pki.caPem().pem).toBe(ca?.pem);
  expect(await pki.state()).toMatchObject({ ca: { hasKey: true }, health: { state: 'valid' }, warnings: [] });
  expect(fileNames().filter((name) => /journal|\.tmp$/.test(name))).toEqual([]);
};

const scenarios: [string, (pki: Pki) => Promise<unknown>][] = [
  ['renewing the leaf', (pki) => pki.renewLeaf()],
  ['covering another name', (pki) => pki.cover({ names: ['reg.lan'], addresses: [] })],
  ['replacing the CA', (pki) => pki.replaceCa(choice, san)],
];

const outcomesOf = async (work: (pki: Pki) => Promise<unknown>, heal: (pki: Pki) => Promise<Pki>) => {
  const [folder, baseline] = [path.join(dataDir, 'pki'), path.join(dataDir, 'baseline')];
  await open().create(choice, leaf, san);
  const old = open().serverFiles();
  fs.cpSync(folder, baseline, { recursive: true });
  const outcomes = new Set<string>();
  for (let at = 0; ; at += 1) {
    const interrupted = open();
    if (await crashAt(at, () => work(interrupted))) return outcomes;
    const pki = await heal(interrupted);
    await expectWhole(pki);
    const { certPem, keyPem } = pki.serverFiles();
    expect(certPem === old.certPem, `after a crash at step ${at}`).toBe(keyPem === old.keyPem);
    outcomes.add(certPem === old.certPem ? 'old' : 'new');
    fs.rmSync(folder, { recursive: true });
    fs.cpSync(baseline, folder, { recursive: true });
  }
};

test.each(scenarios)('a crash anywhere while %s leaves all old or all new', async (_what, work) => {
  const restarted = async () => open();
  expect(await outcomesOf(work, restarted)).toEqual(new Set(['old', 'new']));
});

test.each(scenarios)('a disk that fills up anywhere while %s is carried on later', async (_what, work) => {
  const later = async (pki: Pki) => {
    await pki.cover(san);
    return pki;
  };
  expect(await outcomesOf(work, later)).toContain('new');
});
