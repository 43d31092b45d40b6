import { AppError } from '#shared/errors.ts';
import { aView } from '#shared/model/jobs.fixture.ts';
import type { JobView } from '#shared/model/jobs.ts';
import { createLogBook } from './log.ts';
import { createRouter, type Services } from './router.ts';

/** What no answer may ever contain. */
export const secretInError = 'hunter2-from-the-stack';

const job = (done: number): JobView =>
  aView({
    done,
    total: 3,
    counts: { waiting: 3 - done, running: 0, succeeded: done, unchanged: 0, failed: 0, cancelled: 0 },
  });

/**
 * The real router over services that show each kind of answer once: typed output, both kinds of error, streams that end,
 * fail, or are left by their consumer.
 */
export const createDoubleRouter = () => {
  const book = createLogBook({});
  const streams = { open: 0 };

  async function* watch(id: string, signal?: AbortSignal) {
    streams.open += 1;
    try {
      for (let done = 1; done <= 3; done += 1) yield job(done);
      if (id === 'fails') throw new AppError('INTERRUPTED');
      if (id === 'endless' && !signal?.aborted) {
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
      }
    } finally {
      streams.open -= 1;
    }
  }

  const services = {
    book,
    host: {
      info: () => ({
        version: '1.2.3',
        host: 'cli',
        pid: 42,
        platform: 'linux',
        hostName: 'workshop',
        dataDir: '/data',
        startedAt: '2026-11-21T00:00:00.000Z',
        keyProtection: 'file',
      }),
      link: () => ({ url: 'http://127.0.0.1:1/' }),
      stop: () => ({ pid: 42 }),
    },
    pki: {
      state: () => {
        throw new Error(`cannot read ${secretInError}`);
      },
      caPem: () => ({ pem: 'x'.repeat(1024 * 1024), fingerprint: 'AA', file: '/ca' }),
      checkImport: (input: { certificatePem: string }) => {
        throw new AppError('CA_IMPORT_UNREADABLE', {
          field: 'certificate',
          problem: `${input.certificatePem.length} characters`,
        });
      },
    },
    devices: {
      get: (device: string) => {
        throw new AppError('NOT_FOUND', { kind: 'device', id: device });
      },
      loginLine: (device: string) => ({ command: `docker login ${device}`, note: '' }),
    },
    jobs: { watch },
  };
  return { router: createRouter(services as unknown as Services), book, streams };
};
