import type { EngineEvent, FromEngine } from '../messages.ts';

/** Gathers events for a moment: a fleet that pulls makes thousands a second, and each message costs as much as an answer. */
export interface Outbox {
  add(event: EngineEvent): void;
  /** Sends what is gathered. */
  flush(): void;
}

export const createOutbox = (tell: (message: FromEngine) => void, gatherMs: number): Outbox => {
  let events: EngineEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (events.length > 0) tell({ type: 'events', events });
    events = [];
  };
  return {
    add(event) {
      events.push(event);
      if (gatherMs === 0) flush();
      else timer ??= setTimeout(flush, gatherMs);
    },
    flush,
  };
};
