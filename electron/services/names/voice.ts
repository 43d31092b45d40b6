import { claimName } from './claim.ts';
import type { ClaimResult } from './claim.ts';
import type { Listing } from './listings.ts';
import type { MdnsRecord } from './records.ts';
import type { Stage } from './stage.ts';
import type { Station } from './stations.ts';
import { wait } from './wait.ts';

/** Milliseconds between announcements (RFC 6762 section 8.3); the first goes out with the publication. */
const announcePauses = [1000, 2000];

export type RecordsOn = (station: Station) => MdnsRecord[];

/** Asking for names and announcing them on every interface of a stage. */
export interface Voice {
  claim(name: string, recordsOn: RecordsOn, signal: AbortSignal): Promise<ClaimResult>;
  /** Publishes; resolves after the first announcement, the others follow while `isStill`. */
  announce(
    listing: Omit<Listing, 'records'>,
    recordsOn: RecordsOn,
    isStill: () => boolean,
    signal: AbortSignal,
  ): Promise<void>;
  /** Ends a publication without a goodbye: its name is asked for again. */
  hush(name: string): Promise<void>;
  sayGoodbye(recordsOn: RecordsOn): Promise<void>;
}

export const createVoice = (stage: Stage, isOurs: (record: MdnsRecord) => boolean): Voice => ({
  claim(name, recordsOn, signal) {
    const stations = stage.stations();
    return claimName({
      name,
      links: stations.map(({ link }) => link),
      recordsOn: (link) => stations.filter((station) => station.link === link).flatMap(recordsOn),
      isOurs,
      signal,
    });
  },
  async announce(listing, recordsOn, isStill, signal) {
    await stage.publish(listing, recordsOn);
    const repeat = async () => {
      for (const pause of announcePauses) {
        await wait(pause, signal);
        if (isStill()) await stage.say(recordsOn);
      }
    };
    repeat().catch(() => undefined);
  },
  hush: (name) => stage.hush(name),
  sayGoodbye: (recordsOn) =>
    stage.say((station) => recordsOn(station).map((record) => ({ ...record, ttl: 0 }))),
});
