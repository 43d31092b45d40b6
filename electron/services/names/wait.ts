/** Resolves after `ms`, or rejects with the signal's reason. Never keeps the process alive. */
export const wait = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    timer.unref();
    signal?.addEventListener('abort', stop, { once: true });
  });
