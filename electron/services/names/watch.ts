import { canonicalAddress } from './addresses.ts';
import type { InterfaceTable } from './addresses.ts';

export interface NetworkEvent {
  /** `addresses`: some came or went; `wake`: the computer slept; `minute`: a minute passed. */
  kind: 'addresses' | 'wake' | 'minute';
}

/** Milliseconds: no system tells a Node process about its interfaces, so they are looked at this often. */
const period = 5000;
/** Milliseconds a look may come late before it means that the computer slept. */
const lateness = 15_000;
const minute = 60_000;

const fingerprint = (table: InterfaceTable): string =>
  Object.entries(table)
    .flatMap(([name, infos = []]) =>
      infos.map((info) => `${name} ${canonicalAddress(info.address)}/${info.netmask}`),
    )
    .toSorted()
    .join();

/** Watches the interfaces and the clock while anybody listens. */
export const createNetworkWatch = (options: { interfaces: () => InterfaceTable; now: () => number }) => {
  const { interfaces, now } = options;
  const listeners = new Set<(event: NetworkEvent) => void>();
  let timer: NodeJS.Timeout | undefined;
  let seen = '';
  let lookedAt = 0;
  let minuteAt = 0;

  const tell = (kind: NetworkEvent['kind']) => {
    for (const listener of [...listeners]) listener({ kind });
  };
  const look = () => {
    const at = now();
    const hasSlept = at - lookedAt > period + lateness;
    const table = fingerprint(interfaces());
    const hasChanged = table !== seen;
    lookedAt = at;
    seen = table;
    if (hasChanged) tell('addresses');
    if (hasSlept) tell('wake');
    if (at - minuteAt < minute && at >= minuteAt) return;
    minuteAt = at;
    tell('minute');
  };

  return {
    /** Returns how to stop. */
    on(listener: (event: NetworkEvent) => void): () => void {
      if (listeners.size === 0) {
        seen = fingerprint(interfaces());
        lookedAt = minuteAt = now();
        timer = setInterval(look, period).unref();
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
};
