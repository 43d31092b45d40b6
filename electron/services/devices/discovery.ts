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
/** What Avahi says of a computer it runs on; the port in it is none (9, discard). */
const workstation = '_workstation._tcp';
const types = ['_ssh._tcp', ...balenaSubtypes.map((subtype) => `${subtype}._sub._ssh._tcp`), workstation];
const balenaPort = 22222;

interface Found extends DiscoveredDevice {
  /** Every name and address it goes by. */
  keys: string[];
}

const readHost = (seen: SeenHost): Found | null => {
  const { hostName, port, addresses, subtypes } = seen;
  const address = addresses[0] ?? hostName;
  const keys = [...addresses, hostName].filter((one) => one !== '').map(addressKey);
  if (address === '') return null;
  if (seen.type === workstation) {
    // Avahi adds the hardware address: `gate [02:00:00:00:00:07]`.
    const name = seen.name.replace(/ \[[0-9a-f:]+\]$/i, '');
    return { name, address, hostName, port: null, isBalena: false, knownAs: null, keys };
  }
  if (port < 1 || port > 65535) return null;
  const isBalena = port === balenaPort || subtypes.some((subtype) => balenaSubtypes.includes(subtype));
  return { name: seen.name, address, hostName, port, isBalena, knownAs: null, keys };
};

type Known = Pick<DeviceEntry, 'id' | 'address' | 'port'>;

const isKnown = ({ port, keys }: Found, device: Known): boolean =>
  (port === null || device.port === null || device.port === port) &&
  keys.includes(addressKey(device.address));

/**
 * What is seen as a list for a person: each host and port once, by name. A computer that announces itself is listed
 * unless its SSH server is. Only what was heard counts: nobody is connected to.
 */
export const discovered = (seen: readonly SeenHost[], known: readonly Known[]): DiscoveredDevice[] => {
  const byPlace = new Map<string, Found>();
  for (const host of seen) {
    const found = readHost(host);
    if (found === null) continue;
    const place = `${addressKey(found.address)} ${found.port}`;
    const before = byPlace.get(place);
    byPlace.set(place, before ? { ...before, isBalena: before.isBalena || found.isBalena } : found);
  }
  const all = [...byPlace.values()];
  const withSsh = new Set(all.flatMap(({ port, keys }) => (port === null ? [] : keys)));
  return all
    .filter(({ port, keys }) => port !== null || !keys.some((key) => withSsh.has(key)))
    .map(({ keys, ...found }) => ({
      ...found,
      knownAs: known.find((device) => isKnown({ ...found, keys }, device))?.id ?? null,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
};

/** SSH hosts that announce themselves; the whole list whenever it changed, for `seconds`. */
export async function* discover(
  needs: { browse: Browse; known: () => Known[] },
  options: { seconds: number; signal?: AbortSignal | undefined },
): AsyncGenerator<DiscoveredDevice[], void> {
  for await (const seen of needs.browse(types, options)) yield discovered(seen, needs.known());
}
