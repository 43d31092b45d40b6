import type { AppError } from '#shared/errors.ts';
import type { InterfaceTable } from './addresses.ts';
import type { LinkLease, Links } from './links.ts';
import type { Listing } from './listings.ts';
import type { MdnsPacket, MdnsRecord } from './records.ts';
import { goodbyes, planBerths } from './stations.ts';
import type { Berth, Station } from './stations.ts';

/** The interfaces that are spoken on now. */
export interface Stage {
  stations(): Station[];
  /** True when `addresses` lie as they lay when the stage was set. */
  isSetFor(addresses: string[]): boolean;
  /**
   * Moves to the interfaces that carry `addresses`; says goodbye for what `keep` does not go on to publish.
   * Returns why some could not be opened.
   */
  set(addresses: string[], keep: (berth: Berth) => MdnsRecord[]): Promise<AppError[]>;
  /** Publishes on every interface what `recordsOn` says for it; resolves when it was announced. */
  publish(listing: Omit<Listing, 'records'>, recordsOn: (station: Station) => MdnsRecord[]): Promise<void>;
  /** Ends a publication without a goodbye. */
  hush(name: string): Promise<void>;
  say(recordsOn: (station: Station) => MdnsRecord[]): Promise<void>;
  /** Goodbye for everything, then closed. */
  clear(): Promise<void>;
}

export const createStage = (options: {
  links: Links;
  interfaces: () => InterfaceTable;
  onPacket: (packet: MdnsPacket) => void;
}): Stage => {
  const { links, interfaces, onPacket } = options;
  let stations: Station[] = [];
  let plan = '';
  let lease: LinkLease | null = null;
  let stops: (() => void)[] = [];

  const send = async (station: Station, answers: MdnsRecord[]): Promise<void> => {
    if (answers.length > 0) await station.link.send({ type: 'response', answers });
  };

  const leave = async (keep: (station: Station) => MdnsRecord[]): Promise<void> => {
    for (const stop of stops) stop();
    stops = [];
    const farewell = (station: Station) => (records: MdnsRecord[]) => goodbyes(records, keep(station));
    await Promise.all(stations.map((station) => station.link.unpublishAll(farewell(station))));
    await lease?.release();
    lease = null;
    stations = [];
  };

  return {
    stations: () => stations,
    isSetFor: (addresses) => plan === JSON.stringify(planBerths(addresses, interfaces())),
    async set(addresses, keep) {
      const berths = planBerths(addresses, interfaces());
      const next = await links.lease(berths.map(({ place }) => place));
      await leave((station) => {
        const berth = berths.find(({ place }) => place.name === station.place.name);
        return berth ? keep(berth) : [];
      });
      lease = next;
      plan = JSON.stringify(berths);
      stations = next.links.flatMap((link) => {
        const berth = berths.find(({ place }) => place === link.place || place.name === link.place.name);
        return berth ? [{ ...berth, link }] : [];
      });
      stops = stations.map((station) => station.link.onPacket(onPacket));
      return next.failures;
    },
    async publish(listing, recordsOn) {
      await Promise.all(
        stations.map((station) => station.link.publish({ ...listing, records: recordsOn(station) })),
      );
    },
    async hush(name) {
      await Promise.all(stations.map((station) => station.link.unpublish(name, () => [])));
    },
    async say(recordsOn) {
      await Promise.all(stations.map((station) => send(station, recordsOn(station))));
    },
    async clear() {
      await leave(() => []);
      plan = '';
    },
  };
};
