import type { NetworkInterfaceInfo } from 'node:os';
import { AppError } from '#shared/errors.ts';
import type { InterfaceTable } from '../addresses.ts';
import type { Link, OpenLink, Sender } from '../link.ts';
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
  hear: (packet: MdnsPacket, from: Sender) => void;
}

/** Networks in memory: a wire carries every packet to everyone plugged in, the sender too. */
export const createBus = () => {
  const plugs = new Set<Plug>();
  const passed: Passed[] = [];
  /** Wires that were joined, by the name they had. */
  const joined = new Map<string, string>();
  /** Wires nothing can be sent to. */
  const cut = new Set<string>();
  const wireOf = (name: string) => joined.get(name) ?? name;

  const pass = (wire: string, packet: MdnsPacket, from: Sender, to?: Sender) => {
    passed.push({ wire, packet, from, to });
    for (const plug of plugs) {
      if (wireOf(plug.wire) !== wireOf(wire)) continue;
      if (to === undefined || to.address === plug.address) queueMicrotask(() => plug.hear(packet, from));
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
      const listeners = new Set<Parameters<Link['onPacket']>[0]>();
      const plug: Plug = {
        wire,
        address,
        hear: (packet, from) => [...listeners].forEach((listener) => listener(packet, from)),
      };
      plugs.add(plug);
      return {
        place,
        send: async (packet, to) => {
          if (cut.has(wire)) return false;
          pass(wire, packet, { address, port: 5353 }, to);
          return true;
        },
        onPacket(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        close: async () => void plugs.delete(plug),
      };
    };

  return {
    opener,
    passed,
    cut,
    /** Packets from nobody's link: what a foreign device says. */
    say: (wire: string, packet: MdnsPacket, from: Sender) => pass(wire, packet, from),
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
