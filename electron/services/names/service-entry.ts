import type { Log } from '#electron/log.ts';
import { instanceName, serviceRecords, uniqueServiceRecords } from './records.ts';
import type { ServiceEntry } from './records.ts';
import type { Voice } from './voice.ts';

export const serviceType = '_mooring._tcp';
/** Names tried: `Mooring on laptop`, `Mooring on laptop (2)`, ... */
const mostInstances = 9;

/** The entry other Moorings and service browsers see: one for the app, under the first instance name free. */
export interface ServicePublisher {
  current(): ServiceEntry | null;
  /** Forgets the entry once the stage has left or taken it back. */
  drop(): void;
  publish(target: string, port: number, signal: AbortSignal): Promise<void>;
}

export const createServicePublisher = (options: {
  computer: string;
  voice: Voice;
  log: Log;
}): ServicePublisher => {
  const { computer, voice, log } = options;
  let current: ServiceEntry | null = null;
  let isPublishing = false;

  const tryInstances = async (target: string, port: number, signal: AbortSignal): Promise<void> => {
    for (let number = 1; number <= mostInstances; number += 1) {
      const instance = number === 1 ? `Mooring on ${computer}` : `Mooring on ${computer} (${number})`;
      const entry = { instance, type: serviceType, target, port, txt: { txtvers: '1', port: String(port) } };
      const unique = () => uniqueServiceRecords(entry);
      const { outcome } = await voice.claim(instanceName(entry), unique, signal);
      if (outcome === 'taken') continue;
      current = entry;
      await voice.announce(
        { name: instance, host: target, port },
        () => serviceRecords(entry),
        () => current === entry,
        signal,
      );
      return;
    }
    log.warn('No name is free for the service entry', { computer });
  };

  return {
    current: () => current,
    drop() {
      current = null;
    },
    async publish(target, port, signal) {
      if (isPublishing) return;
      isPublishing = true;
      const before = current;
      current = null;
      try {
        if (before) await voice.hush(before.instance);
        await tryInstances(target, port, signal);
      } finally {
        isPublishing = false;
      }
    },
  };
};
