import type { DiscoveredDevice } from '#shared/model/devices.ts';
import { addressKey } from './columns.ts';
import type { DeviceEntry } from './lookup.ts';

/** A service seen by mDNS, as the names service tells it. */
export interface SeenHost {
  name: string;
  type: string;
  subtypes: string[];
  hostName: string;
  addresses: string[];
  port: number;
}

export type Browse = (
  types: string[],
  options: { seconds: number; signal?: AbortSignal | undefined },
) => AsyncIterable<SeenHost[]>;

/** balenaOS announces its SSH server under these subtypes, the older name first. */
const balenaSubtypes = ['_resin-device', '_balena-device'];
const sshTypes = ['_ssh._tcp', ...balenaSubtypes.map((subtype) => `${subtype}._sub._ssh._tcp`)];
const balenaPort = 22222;

const sameHost = (device: DeviceEntry, seen: SeenHost): boolean => {
  const names = [...seen.addresses, seen.hostName].map(addressKey);
  const isPort = device.port === null || device.port === seen.port;
  return isPort && names.includes(addressKey(device.address));
};

const describe = (seen: SeenHost, known: readonly DeviceEntry[]): DiscoveredDevice | null => {
  const { name, hostName, port, addresses, subtypes } = seen;
  const address = addresses[0] ?? hostName;
  if (address === '' || port < 1 || port > 65535) return null;
  const isBalena = port === balenaPort || subtypes.some((subtype) => balenaSubtypes.includes(subtype));
  const knownAs = known.find((device) => sameHost(device, seen))?.id ?? null;
  return { name, address, hostName, port, isBalena, knownAs };
};

/** What is seen as a list for a person: each host and port once, by name. */
export const discovered = (seen: readonly SeenHost[], known: readonly DeviceEntry[]): DiscoveredDevice[] => {
  const byPlace = new Map<string, DiscoveredDevice>();
  for (const host of seen) {
    const found = describe(host, known);
    if (found === null) continue;
    const place = `${found.address} ${found.port}`;
    const before = byPlace.get(place);
    byPlace.set(place, before ? { ...before, isBalena: before.isBalena || found.isBalena } : found);
  }
  return [...byPlace.values()].sort((a, b) => a.name.localeCompare(b.name));
};

/** SSH hosts that announce themselves; the whole list whenever it changed, for `seconds`. */
export async function* discover(
  needs: { browse: Browse; known: () => DeviceEntry[] },
  options: { seconds: number; signal?: AbortSignal | undefined },
): AsyncGenerator<DiscoveredDevice[], void> {
  for await (const seen of needs.browse(sshTypes, options)) yield discovered(seen, needs.known());
}
