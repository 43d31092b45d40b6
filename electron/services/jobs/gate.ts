/** Whether new items may start. Closing it says why; what has begun goes on. */
export interface Gate {
  /** Fires when nothing new may start. */
  readonly closed: AbortSignal;
  close(): void;
  /** Closes once the wave that runs now has ended. */
  closeAfterWave(): void;
  isClosingAfterWave(): boolean;
}

export const createGate = (): Gate => {
  const controller = new AbortController();
  let isAfterWave = false;
  return {
    closed: controller.signal,
    close: () => controller.abort(new HeldBack()),
    closeAfterWave: () => {
      isAfterWave = true;
    },
    isClosingAfterWave: () => isAfterWave,
  };
};

/** The item was not begun: it waits for the job to go on. */
export class HeldBack extends Error {
  constructor() {
    super('the job is paused or stopped');
    this.name = 'HeldBack';
  }
}
