import type { AppError } from '#shared/errors.ts';
import type { InterfaceTable } from './addresses.ts';
import type { LinkLease, Links } from './links.ts';
import type { MdnsPacket, MdnsRecord } from './records.ts';
import { answerOn } from './respond.ts';
import { goodbyes, planBerths } from './stations.ts';
import type { Berth, Station } from './stations.ts';

/** The interfaces that are spoken on now, answering with what `zone` holds. */
export interface Stage {
  stations(): Station[];
  /** True when `addresses` lie as they lay when the stage was set. */
  isSetFor(addresses: string[]): boolean;
  /**
   * Moves to the interfaces that carry `addresses`; says goodbye for what `keep` does not go on to publish.
   * Returns why some could not be opened.
   */
  set(addresses: string[], keep: (berth: Berth) => MdnsRecord[]): Promise<AppError[]>;
  say(recordsOn: (station: Station) => MdnsRecord[]): Promise<void>;
  /** Goodbye for everything, then closed. */
  clear(): Promise<void>;
}

export const createStage = (options: {
  links: Links;
  interfaces: () => InterfaceTable;
  zone: (station: Station) => MdnsRecord[];
  onPacket: (packet: MdnsPacket) => void;
  now: () => number;
}): Stage => {
  const { links, interfaces, zone, onPacket, now } = options;
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
    await Promise.all(stations.map((station) => send(station, goodbyes(zone(station), keep(station)))));
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
      stops = stations.flatMap((station) => [
        answerOn(station.link, () => zone(station), now),
        station.link.onPacket(onPacket),
      ]);
      return next.failures;
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
