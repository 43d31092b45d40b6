import Bonjour from 'bonjour-service';
import type multicastDns from 'multicast-dns';
import { isIPv4 } from 'node:net';
import { AppError } from '#shared/errors.ts';
import { isInSubnet, scopeOf } from './addresses.ts';
import type { InterfaceTable } from './addresses.ts';
import { createListings } from './listings.ts';
import type { Engine, Listings } from './listings.ts';
import type { MdnsPacket } from './records.ts';
import { answerOn } from './respond.ts';

/** One network interface that mDNS can be spoken on. */
export interface LinkPlace {
  /** Name the system gives the interface. */
  name: string;
  /** IPv4 address whose interface multicast goes through; null where there is IPv6 alone. */
  ipv4: string | null;
  /** What IPv6 calls the interface: its name, on Windows its number. */
  zone: string;
  /** Networks this computer is directly on there. */
  subnets: string[];
}

export interface Sender {
  address: string;
  port: number;
}

/** What speaks mDNS on one interface: one socket, the records published there, one responder. */
export interface Link extends Listings {
  place: LinkPlace;
  /** Sends to the group, or to one host. False: the system refused (no route, or macOS forbids the local network). */
  send(packet: MdnsPacket, to?: Sender): Promise<boolean>;
  /** Packets from this link alone; returns how to stop. */
  onPacket(listener: (packet: MdnsPacket, from: Sender) => void): () => void;
  close(): Promise<void>;
}

/** Opens a link; rejects with MDNS_UNAVAILABLE when the system refuses. */
export type OpenLink = (place: LinkPlace) => Promise<Link>;

/** The interfaces mDNS can be spoken on; loopback and those without a network of their own are left out. */
export const linkPlaces = (table: InterfaceTable): LinkPlace[] =>
  Object.entries(table).flatMap(([name, infos = []]) => {
    const usable = infos.filter((info) => !info.internal);
    const hasNetwork = usable.some(
      (info) => info.family === 'IPv4' || scopeOf(info.address) !== 'link-local',
    );
    if (!hasNetwork) return [];
    const number = infos.find((info) => info.family === 'IPv6' && info.scopeid > 0)?.scopeid;
    return {
      name,
      zone: process.platform === 'win32' ? String(number ?? 0) : name,
      ipv4: usable.find((info) => info.family === 'IPv4')?.address ?? null,
      subnets: usable.flatMap((info) => info.cidr ?? []),
    };
  });

/**
 * Whether a packet came in on this link. Sockets of one computer hear each other's groups (Linux
 * IP_MULTICAST_ALL), and the system does not say by which interface a packet came, so its source address must
 * be of a network this link is on; that also keeps out what was sent from beyond the link (RFC 6762 section 11).
 */
export const isFromLink = (place: LinkPlace, source: string): boolean => {
  const scopeId = /%(.+)$/.exec(source)?.[1];
  if (scopeId !== undefined && scopeId !== place.zone) return false;
  return place.subnets.some((subnet) => isInSubnet(source, subnet));
};

/** Bound to all addresses, because a socket bound to one gets no multicast on Linux; sends by `place` alone. */
const socketOptions = (place: LinkPlace): multicastDns.Options =>
  place.ipv4 !== null && isIPv4(place.ipv4)
    ? { type: 'udp4', ip: '224.0.0.251', interface: place.ipv4, bind: '0.0.0.0' }
    : { type: 'udp6', ip: 'ff02::fb', interface: `::%${place.zone}`, bind: '::' };

const createLink = (place: LinkPlace, engine: Engine, close: () => Promise<void>): Link => {
  const socket = engine.server.mdns;
  const listings = createListings(engine);
  const listeners = new Set<(packet: MdnsPacket, from: Sender) => void>();
  const hear = (packet: multicastDns.FullPacket, from: Sender) => {
    if (!isFromLink(place, from.address)) return;
    for (const listener of listeners) listener(packet as unknown as MdnsPacket, from);
  };
  socket.on('query', hear);
  socket.on('response', hear);
  const link = {
    ...listings,
    place,
    send: (packet: MdnsPacket, to?: Sender) =>
      new Promise<boolean>((sent) => {
        const outgoing = packet as multicastDns.QueryOutgoingPacket & multicastDns.ResponseOutgoingPacket;
        const done = (error: Error | null) => sent(!error);
        if (packet.type === 'query') socket.query(outgoing, to, done);
        else socket.respond(outgoing, to, done);
      }),
    onPacket(listener: (packet: MdnsPacket, from: Sender) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const silence = answerOn(link);
  return {
    ...link,
    close() {
      silence();
      return close();
    },
  };
};

/**
 * Opens the real thing: one Bonjour instance with one UDP socket on port 5353, shared with whatever else speaks
 * mDNS on this computer.
 * @param socket what to send and hear through instead; tests put a network of their own here
 */
export const openLink = (place: LinkPlace, socket?: multicastDns.Options['socket']): Promise<Link> =>
  new Promise((resolve, reject) => {
    // A link tells its user when sending fails; left to itself the library would throw.
    const bonjour = new Bonjour({ ...socketOptions(place), ...(socket && { socket }) }, () => undefined);
    const engine = bonjour as unknown as Engine;
    const { mdns } = engine.server;
    // The library's responder: it hears other interfaces too, never says which types a name lacks, repeats what
    // the asker knows, and answers plain resolvers in a form they refuse. respond.ts answers in its place.
    mdns.removeAllListeners('query');
    let hasJoined = false;
    const close = () => new Promise<void>((closed) => bonjour.destroy(() => closed()));
    const refuse = (cause: Error) => {
      reject(new AppError('MDNS_UNAVAILABLE', { interface: place.name, problem: cause.message }, { cause }));
      // Not at once: the library still works on the socket when it complains.
      queueMicrotask(() => void close());
    };
    mdns.on('networkInterface', () => {
      hasJoined = true;
    });
    mdns.on('warning', (problem) => {
      if (!hasJoined) refuse(problem);
    });
    mdns.on('error', refuse);
    mdns.on('ready', () => resolve(createLink(place, engine, close)));
  });
