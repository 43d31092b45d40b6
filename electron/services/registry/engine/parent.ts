/** The process that started this one: over a channel of `fork`, or of Electron's utilityProcess. */
export interface Parent {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called when the parent vanished. */
  onGone(listener: () => void): void;
}

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

const overPort = (port: ParentPort): Parent => ({
  send: (message) => port.postMessage(message),
  onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
  // Electron ends a utility process together with its parent.
  onGone: () => undefined,
});

/**
 * A service manager, or a terminal that closes, signals the whole group: the supervisor decides when the engine ends, and
 * uses SIGKILL on one that does not. Under Electron, whose `kill` is SIGTERM, the engine is in no such group.
 */
const leaveSignalsToParent = (): void => {
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
};

const overChannel = (): Parent => {
  leaveSignalsToParent();
  return {
    send: (message) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => process.on('message', listener),
    onGone: (listener) => process.on('disconnect', listener),
  };
};

/** @throws Error when nobody started this process */
export const findParent = (): Parent => {
  const port = (process as { parentPort?: ParentPort }).parentPort;
  if (port) return overPort(port);
  if (process.connected) return overChannel();
  throw new Error('The registry engine is started by Mooring, not by hand.');
};
