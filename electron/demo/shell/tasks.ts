/** What runs step by step: yields what it waits for, and is given what came of it. */
export type Step<T> = Generator<Promise<unknown>, T, unknown>;

export type Signal = 'HUP' | 'INT' | 'KILL' | 'PIPE' | 'TERM';
export const signalNumbers: Record<Signal, number> = { HUP: 1, INT: 2, KILL: 9, PIPE: 13, TERM: 15 };

/** One process of a simulated device. */
export interface Task {
  readonly pid: number;
  readonly parent: number;
  /** Null while it runs. */
  status: number | null;
  readonly ended: Promise<number>;
  /** Those it started in the background and has not waited for. */
  readonly jobs: Map<number, Task>;
  /** Called when it ends, in whatever way: for timers and requests. */
  onEnd(listener: () => void): void;
  /** What its shell does on a signal; the empty text ignores it. */
  traps: ReadonlyMap<string, string>;
  /** Signals that came and have a trap; its shell looks here after each command. */
  readonly pending: Signal[];
  /** A signal ended it while it was at work: its shell stops after this command. */
  isKilled: boolean;
  kill(signal: Signal): void;
  /** Waits, unless a signal with a trap comes first: then null. */
  wait(work: Promise<number>): Promise<number | null>;
}

/** The processes of one device. */
export interface Tasks {
  start(parent: number, body: (task: Task) => Step<number>): Task;
  get(pid: number): Task | undefined;
  all(): Task[];
}

const firstPid = 300;
const lastPid = 32_768;

export const createTasks = (): Tasks => {
  const running = new Map<number, Task>();
  let lastUsed = firstPid;

  const nextPid = (): number => {
    do lastUsed = lastUsed >= lastPid ? firstPid : lastUsed + 1;
    while (running.has(lastUsed));
    return lastUsed;
  };

  const start: Tasks['start'] = (parent, body) => {
    const ended = Promise.withResolvers<number>();
    const onEnd: (() => void)[] = [];
    let interrupt = (): void => undefined;
    let isAtWork = false;

    const finish = (status: number): void => {
      if (task.status !== null) return;
      task.status = status;
      running.delete(task.pid);
      for (const listener of onEnd) listener();
      ended.resolve(status);
    };
    const task: Task = {
      pid: nextPid(),
      parent,
      status: null,
      ended: ended.promise,
      jobs: new Map(),
      onEnd: (listener) => void onEnd.push(listener),
      traps: new Map(),
      pending: [],
      isKilled: false,
      kill(signal) {
        if (task.status !== null) return;
        const trap = signal === 'KILL' ? undefined : task.traps.get(signal);
        if (trap === '') return;
        if (trap !== undefined) {
          task.pending.push(signal);
          interrupt();
          return;
        }
        task.isKilled = true;
        if (isAtWork) return;
        steps.return(0);
        finish(128 + signalNumbers[signal]);
      },
      wait: (work) =>
        Promise.race([
          work,
          new Promise<null>((resolve) => {
            interrupt = () => resolve(null);
          }),
        ]),
    };
    running.set(task.pid, task);
    const steps = body(task);

    const advance = (resume: () => IteratorResult<Promise<unknown>, number>): void => {
      if (task.status !== null) return;
      isAtWork = true;
      const { done, value } = resume();
      isAtWork = false;
      if (done) return finish(task.isKilled ? 128 + signalNumbers.TERM : value);
      if (task.isKilled) {
        steps.return(0);
        return finish(128 + signalNumbers.TERM);
      }
      value.then(
        (result) => advance(() => steps.next(result)),
        (error: unknown) => advance(() => steps.throw(error)),
      );
    };
    advance(() => steps.next());
    return task;
  };

  return { start, get: (pid) => running.get(pid), all: () => [...running.values()] };
};
