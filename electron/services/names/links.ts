import type { Log } from '#electron/log.ts';
import { AppError } from '#shared/errors.ts';
import type { Link, LinkPlace, OpenLink } from './link.ts';

/** Links in use by one task. */
export interface LinkLease {
  links: Link[];
  /** Why some places could not be opened. */
  failures: AppError[];
  release(): Promise<void>;
}

/** Shares one socket an interface between everything here that speaks mDNS at the same time. */
export interface Links {
  lease(places: LinkPlace[]): Promise<LinkLease>;
  /** New leases get new sockets: after a sleep the old ones may have left their group. */
  renew(): void;
}

interface Entry {
  users: number;
  opening: Promise<Link>;
}

export const createLinks = (options: { open: OpenLink; log: Log }): Links => {
  const { open, log } = options;
  const entries = new Map<string, Entry>();
  let generation = 0;

  const forget = (key: string, entry: Entry) => {
    if (entries.get(key) === entry) entries.delete(key);
  };

  const use = (place: LinkPlace): { key: string; entry: Entry } => {
    const key = `${generation} ${JSON.stringify(place)}`;
    const entry = entries.get(key) ?? { users: 0, opening: open(place) };
    entry.users += 1;
    entries.set(key, entry);
    entry.opening.catch(() => forget(key, entry));
    return { key, entry };
  };

  const leave = async ({ key, entry }: { key: string; entry: Entry }): Promise<void> => {
    entry.users -= 1;
    if (entry.users > 0) return;
    forget(key, entry);
    const link = await entry.opening.catch(() => null);
    await link?.close();
  };

  const asError = (place: LinkPlace, cause: unknown): AppError =>
    cause instanceof AppError
      ? cause
      : new AppError('MDNS_UNAVAILABLE', { interface: place.name, problem: String(cause) }, { cause });

  return {
    async lease(places) {
      const used = places.map(use);
      const results = await Promise.allSettled(used.map(({ entry }) => entry.opening));
      const links = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const failures = results.flatMap((result, index) => {
        const place = places[index];
        return result.status === 'rejected' && place ? [asError(place, result.reason)] : [];
      });
      for (const failure of failures) log.warn(failure.message, failure.details);
      let isReleased = false;
      return {
        links,
        failures,
        async release() {
          if (isReleased) return;
          isReleased = true;
          await Promise.all(used.map(leave));
        },
      };
    },
    renew() {
      generation += 1;
    },
  };
};
