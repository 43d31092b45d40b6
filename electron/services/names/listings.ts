import type Bonjour from 'bonjour-service';
import type { Service } from 'bonjour-service';
import type { MulticastDNS } from 'multicast-dns';
import type { MdnsRecord } from './records.ts';

/** A Bonjour instance with the parts its types keep private. */
export interface Engine extends Pick<Bonjour, 'publish' | 'destroy'> {
  server: {
    mdns: MulticastDNS;
    /** Published records by type. */
    registry: Record<string, MdnsRecord[]>;
    unregister(records: MdnsRecord[]): void;
  };
  registry: { announce(server: Engine['server'], service: Service): void };
}

/** One owner of records: a host name with its addresses, or the service entry. */
export interface Listing {
  /** Tells the listings of one link apart. */
  name: string;
  host: string;
  port: number;
  /** All that is published; no other listing has records of the same name and type. */
  records: MdnsRecord[];
}

/** What a listing says goodbye to when it ends: records with a time to live of 0, or none. */
export type Farewell = (records: MdnsRecord[]) => MdnsRecord[];

/** The records one link answers with. */
export interface Listings {
  published(): MdnsRecord[];
  /** Resolves when the first announcement went out. */
  publish(listing: Listing): Promise<void>;
  unpublish(name: string, farewell: Farewell): Promise<void>;
  unpublishAll(farewell: Farewell): Promise<void>;
}

/** Publishes each listing as a Bonjour service of its own, whose records are ours. */
export const createListings = (engine: Engine): Listings => {
  const { server, registry } = engine;
  const announce = registry.announce.bind(registry);
  const services = new Map<string, Service>();

  const unpublish = (name: string, farewell: Farewell): Promise<void> => {
    const service = services.get(name);
    if (!service) return Promise.resolve();
    services.delete(name);
    const records = service.records() as MdnsRecord[];
    server.unregister(records);
    // Stopped, the library says goodbye to all the service has: only what nobody goes on to publish may be said.
    service.records = () => farewell(records) as ReturnType<Service['records']>;
    return new Promise((stopped) => service.stop(() => stopped()));
  };

  return {
    published: () => Object.values(server.registry).flat(),
    publish: ({ name, host, port, records }) =>
      new Promise((announced) => {
        // Before it announces, because of its own the library publishes every address of the computer.
        registry.announce = (to, service) => {
          service.records = () => records as ReturnType<Service['records']>;
          service.once('up', () => {
            // No repeats from the library: they come after 3 s, not 1, and go on for an hour (voice.ts repeats).
            service.destroyed = true;
            announced();
          });
          announce(to, service);
        };
        // No probe: it would look for the service name alone, and write a conflict to the console.
        services.set(name, engine.publish({ name, type: 'mooring', host, port, probe: false }));
      }),
    unpublish,
    async unpublishAll(farewell) {
      await Promise.all([...services.keys()].map((name) => unpublish(name, farewell)));
    },
  };
};
