import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { createLogBook, type LogBook } from '#electron/log.ts';
import { openStore, type Store } from '#electron/store/index.ts';
import { caChoice, leafOptions, type CaChoice } from '#shared/model/pki.ts';
import { createPki, type Pki } from './index.ts';

/** Choices that cost milliseconds. */
export const fast: CaChoice = caChoice.parse({ mode: 'create', algorithm: 'ec-p256' });
export const leaf = leafOptions.parse({ algorithm: 'ec-p256' });
export const san = { names: ['registry.local'], addresses: ['192.168.1.20'] };
export const dayMs = 86_400_000;

export const importOf = (pem: string, keyPem = ''): CaChoice =>
  caChoice.parse({ mode: 'import', certificatePem: pem, keyPem });

/** A data folder for each test, with a clock and a host name that the test may change. */
export interface Bench {
  dataDir: string;
  store: Store;
  book: LogBook;
  clock: number;
  host: string;
  open(): Pki;
  /** Absolute path in `<data>/pki`. */
  file(name: string): string;
  text(name: string): string;
  /** Every file with its content. */
  snapshot(): string[][];
}

/** Registers the hooks of the calling test file; what it returns is filled anew before each test. */
export const useBench = (): Bench => {
  const bench = {} as Bench;
  beforeEach(async () => {
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'mooring-pki-'));
    const book = createLogBook({});
    const store = await openStore({ dataDir, log: book.log });
    const file = (name: string) => path.join(dataDir, 'pki', name);
    Object.assign(bench, {
      dataDir,
      store,
      book,
      file,
      // Never on a whole second, where whole days would be one more.
      clock: Math.floor(Date.now() / 1000) * 1000 + 500,
      host: 'workbench',
      open: () =>
        createPki({
          dataDir,
          store,
          log: book.log,
          now: () => new Date(bench.clock),
          hostName: () => bench.host,
        }),
      text: (name) => fs.readFileSync(file(name), 'utf8'),
      snapshot: () =>
        fs
          .readdirSync(file('.'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => [entry.name, fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8')])
          .sort(),
    } satisfies Bench);
  });
  afterEach(() => {
    bench.store.close();
    fs.rmSync(bench.dataDir, { recursive: true, force: true });
  });
  return bench;
};
