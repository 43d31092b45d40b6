import { decode, encode } from 'dns-packet';
import type { Packet } from 'dns-packet';
import type { Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import type { NetworkInterfaceInfo } from 'node:os';
import { AppError } from '#shared/errors.ts';
import type { InterfaceTable } from '../addresses.ts';
import { openLink } from '../link.ts';
import type { OpenLink, Sender } from '../link.ts';
import type { MdnsPacket } from '../records.ts';

/** A packet as it went over a wire. */
export interface Passed {
  wire: string;
  packet: MdnsPacket;
  from: Sender;
  to: Sender | undefined;
}

interface Plug {
  wire: string;
  address: string;
  hear: (message: Buffer, from: Sender) => void;
}

const groups = ['224.0.0.251', 'ff02::fb'];
const noop = () => undefined;

/** A UDP socket as far as the mDNS library uses one. */
const createSocket = (options: {
  /** Null, or why nothing was sent. */
  send: (message: Buffer, to: Sender | undefined) => Error | null;
  close: () => void;
}) => {
  const events = new EventEmitter();
  return Object.assign(events, {
    bind: (_port: number, _address: string, done: () => void) =>
      queueMicrotask(() => {
        events.emit('listening');
        done();
      }),
    send(
      message: Buffer,
      _offset: number,
      _length: number,
      port: number,
      address: string,
      done: (error: Error | null) => void,
    ) {
      const problem = options.send(message, groups.includes(address) ? undefined : { address, port });
      queueMicrotask(() => done(problem));
    },
    close(done: () => void) {
      options.close();
      queueMicrotask(done);
    },
    addMembership: noop,
    dropMembership: noop,
    setMulticastInterface: noop,
    setMulticastLoopback: noop,
    setMulticastTTL: noop,
  });
};

/**
 * Networks in memory: a wire carries every packet to everyone plugged in, the sender too. All above the sockets
 * is what runs in the app.
 */
export const createBus = () => {
  const plugs = new Set<Plug>();
  const passed: Passed[] = [];
  /** Wires that were joined, by the name they had. */
  const joined = new Map<string, string>();
  /** Wires nothing can be sent to. */
  const cut = new Set<string>();
  const wireOf = (name: string) => joined.get(name) ?? name;

  const pass = (wire: string, message: Buffer, from: Sender, to?: Sender) => {
    passed.push({ wire, packet: decode(message) as MdnsPacket, from, to });
    for (const plug of plugs) {
      if (wireOf(plug.wire) !== wireOf(wire)) continue;
      if (to === undefined || to.address === plug.address) queueMicrotask(() => plug.hear(message, from));
    }
  };

  /** How a computer opens its links: interface name to wire name; a missing wire is an interface that fails. */
  const opener =
    (wires: Record<string, string>): OpenLink =>
    async (place) => {
      const wire = wires[place.name];
      if (wire === undefined)
        throw new AppError('MDNS_UNAVAILABLE', { interface: place.name, problem: 'no wire' });
      const address = place.ipv4 ?? '';
      const socket = createSocket({
        send(message, to) {
          if (cut.has(wire)) return new Error('ENETUNREACH');
          pass(wire, message, { address, port: 5353 }, to);
          return null;
        },
        close: () => void plugs.delete(plug),
      });
      const plug: Plug = { wire, address, hear: (message, from) => socket.emit('message', message, from) };
      plugs.add(plug);
      return openLink(place, socket as unknown as Socket);
    };

  return {
    opener,
    passed,
    cut,
    /** Packets from nobody's link: what a foreign device says. */
    say: (wire: string, packet: MdnsPacket, from: Sender) => pass(wire, encode(packet as Packet), from),
    join: (one: string, other: string) => joined.set(other, wireOf(one)),
    openPlugs: () => plugs.size,
  };
};

/** An interface table: `{ eth0: ['10.0.0.1/24'] }`. */
export const tableOf = (interfaces: Record<string, string[]>): InterfaceTable =>
  Object.fromEntries(
    Object.entries(interfaces).map(([name, cidrs]) => [
      name,
      cidrs.map((cidr): NetworkInterfaceInfo => {
        const address = cidr.split('/')[0] ?? '';
        const rest = { address, cidr, netmask: '', mac: '02:00:00:00:00:01', internal: name === 'lo' };
        return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
      }),
    ]),
  );
