import { parentPort, workerData } from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import type { Address } from './connection.ts';
import { type Content, createContent } from './content.ts';
import { pullTogether, pushWhole } from './loads.ts';

/** The heavy half of the mixed load, in a thread of its own so that the light half is not kept waiting by its client. */

interface Work {
  address: Address;
  content: Content;
  uploadSize: number;
  downloads: number;
}
export interface BulkResult {
  /** Seconds until the last download was done. */
  downloads: number;
  /** Seconds of the upload. */
  upload: number;
}

/** An upload and many downloads at once. */
export const runBulk = (work: Work): Promise<BulkResult> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { bulk: work } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

const work = async ({ address, content, uploadSize, downloads }: Work): Promise<BulkResult> => {
  const upload = createContent(uploadSize);
  const begun = performance.now();
  const [seconds, uploaded] = await Promise.all([
    pullTogether(address, content, downloads),
    pushWhole(address, upload).then(() => (performance.now() - begun) / 1000),
  ]);
  return { downloads: Math.max(...seconds), upload: uploaded };
};

const given = workerData as { bulk?: Work } | null;
if (given?.bulk)
  parentPort?.postMessage(await work({ ...given.bulk, content: { ...given.bulk.content, parts: [] } }));
