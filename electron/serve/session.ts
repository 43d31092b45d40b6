import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#shared/errors.ts';
import { readEndpoint, type Endpoint } from '#electron/store/endpoint.ts';
import { attach, type Attachment } from './attach.ts';

const everyMs = 150;

/** The app that runs on a data folder, when its endpoint file tells and it answers. */
export const findRunning = async (
  dataDir: string,
): Promise<{ endpoint: Endpoint; attachment: Attachment } | null> => {
  const endpoint = await readEndpoint(dataDir);
  if (!endpoint) return null;
  const attachment = await attach(endpoint);
  return attachment && { endpoint, attachment };
};

/**
 * Attaches to the app that runs on a folder, else holds the folder. When someone holds it without answering (a command
 * that begins or ends this moment), or is not accepted, tries again until `waitMs` are over.
 * @throws AppError FOLDER_HELD when the wait was in vain, and what `hold` throws
 */
export const attachOrHold = async <Held>(options: {
  dataDir: string;
  waitMs: number;
  hold: () => Promise<Held>;
  /** Ends the wait. */
  signal?: AbortSignal;
  /** Left out: whoever answers will do. */
  accepts?: (endpoint: Endpoint) => boolean;
}): Promise<{ running: Endpoint; attachment: Attachment } | { held: Held }> => {
  const deadline = Date.now() + options.waitMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const running = await findRunning(options.dataDir);
    if (running && (options.accepts?.(running.endpoint) ?? true)) {
      return { running: running.endpoint, attachment: running.attachment };
    }
    running?.attachment.close();
    try {
      return { held: await options.hold() };
    } catch (error) {
      const isHeld = error instanceof AppError && error.code === 'FOLDER_HELD';
      if (!isHeld || Date.now() >= deadline) throw error;
    }
    await pause(everyMs, undefined, { signal: options.signal });
  }
};
