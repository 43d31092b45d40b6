import { createHmac } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ImportProblem, KnownHostsResult } from '#shared/model/device-import.ts';
import type { Device } from '#shared/model/devices.ts';
import { hostPort } from '#shared/names.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { addressKey } from './columns.ts';
import { matchesList } from './import/patterns.ts';
import type { Inventory } from './inventory.ts';
import { type HostKeyOffer, hostKeyTypes, readHostKey } from './ssh/host-keys.ts';

/** One line of `known_hosts` (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
interface Line {
  line: number;
  marker: string;
  hosts: string;
  key: HostKeyOffer;
}

const problemOf = (line: number, field: string, problem: string, next: string): ImportProblem => ({
  ...{ line, field, problem, next },
});

const readKey = (type: string, base64: string): HostKeyOffer | null => {
  const blob = Buffer.from(base64, 'base64');
  if (blob.length < 20 || blob.length > 16_384) return null;
  const key = readHostKey(blob);
  return key.type === type ? key : null;
};

const readLine = (text: string, line: number): Line | ImportProblem => {
  const words = text.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') ? (words.shift() ?? '') : '';
  const [hosts = '', type = '', base64 = ''] = words;
  const key = readKey(type, base64);
  if (key === null) {
    const next = 'Take the line from an OpenSSH known_hosts file as it is.';
    return problemOf(line, 'line', 'it is no host with a key', next);
  }
  if (marker === '@cert-authority') {
    const next = 'Confirm the host key of each device instead.';
    return problemOf(line, 'marker', 'keys signed by an authority are not supported', next);
  }
  if (!hostKeyTypes.includes(key.type)) {
    const next = 'Give the device an Ed25519 host key.';
    return problemOf(line, 'key', `${key.type} keys are not used`, next);
  }
  return { line, marker, hosts, key };
};

/** How OpenSSH writes where a device is: port 22 goes without saying. */
const placesOf = ({ address, port }: Pick<Device, 'address' | 'port'>): string[] => {
  const host = addressKey(address);
  const ports = port === null ? [22, 22222] : [port];
  return ports.map((one) =>
    one === 22 ? host : host.includes(':') ? hostPort(host, one) : `[${host}]:${one}`,
  );
};

/** `|1|salt|hash`, both base64: the hash is HMAC-SHA1 of the place. */
const hashedMatch = (hosts: string): ((place: string) => boolean) | null => {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts) ?? [];
  if (salt === undefined || hash === undefined) return null;
  const key = Buffer.from(salt, 'base64');
  return (place) => createHmac('sha1', key).update(place).digest('base64') === hash;
};

/** Hashes reckoned before others get a turn. */
const hashesAtOnce = 2000;

/** The devices each line is about. */
const createFinding = (devices: readonly Device[]) => {
  const places = devices.flatMap((device) => placesOf(device).map((place) => ({ place, device })));
  const byPlace = Map.groupBy(places, ({ place }) => place);
  let reckoned = 0;
  return async (hosts: string): Promise<Device[]> => {
    const isHashed = hashedMatch(hosts);
    const patterns = hosts.split(',');
    if (!isHashed && !/[*?!]/.test(hosts)) {
      const found = patterns.flatMap((host) => byPlace.get(host.toLowerCase()) ?? []);
      return [...new Set(found.map(({ device }) => device))];
    }
    const found = new Set<Device>();
    for (const { place, device } of places) {
      if (isHashed ? isHashed(place) : matchesList(patterns, place)) found.add(device);
      reckoned += 1;
      if (reckoned % hashesAtOnce === 0) await setImmediate();
    }
    return [...found];
  };
};

/** Pins the host keys of a `known_hosts` text for the chosen devices. A pinned key is never replaced. */
export const createKnownHosts = (needs: {
  inventory: Inventory;
  now: () => Date;
  asOne: <T>(work: () => T) => T;
}) => {
  const { inventory, now, asOne } = needs;

  return async (input: { text: string; selection: DeviceSelection }): Promise<KnownHostsResult> => {
    const result: KnownHostsResult = { pinned: [], same: 0, unmatched: 0, problems: [] };
    const find = createFinding(inventory.select(input.selection));
    const pins = new Map<string, Map<string, string>>();

    const consider = (device: Device, { line, marker, key }: Line): void => {
      const own = pins.get(device.id) ?? new Map(device.hostKeys.map((one) => [one.type, one.fingerprint]));
      pins.set(device.id, own);
      const { type, fingerprint } = key;
      const pinned = own.get(type);
      if (marker === '@revoked') {
        if (pinned !== fingerprint) return;
        const next = 'Give the device a new host key, then confirm it on its page.';
        result.problems.push(problemOf(line, 'key', `the key pinned for ${device.name} is revoked`, next));
      } else if (pinned === fingerprint) result.same += 1;
      else if (pinned !== undefined) {
        const next = 'If the device was reinstalled, confirm its new key on its page.';
        result.problems.push(problemOf(line, 'key', `${device.name} has another ${type} key pinned`, next));
      } else {
        own.set(type, fingerprint);
        result.pinned.push({ id: device.id, name: device.name, type, fingerprint });
      }
    };

    const lines = input.text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
    const read = lines.flatMap((text, index) => (/^\s*(#|$)/.test(text) ? [] : [readLine(text, index + 1)]));
    // What is revoked must be known before anything is pinned.
    const revoked = new Set<string>();
    for (const one of read) if ('key' in one && one.marker === '@revoked') revoked.add(one.key.fingerprint);
    for (const one of read) {
      if (!('key' in one)) {
        result.problems.push(one);
        continue;
      }
      const devices = await find(one.hosts);
      if (devices.length === 0) result.unmatched += 1;
      if (one.marker === '' && revoked.has(one.key.fingerprint)) continue;
      for (const device of devices) consider(device, one);
    }
    // Finding takes turns with other work: a device may have been removed meanwhile.
    const left = new Set(inventory.entries().map(({ id }) => id));
    result.pinned = result.pinned.filter(({ id }) => left.has(id));
    asOne(() => {
      for (const { id, type, fingerprint } of result.pinned) {
        inventory.pin(id, { type, fingerprint, acceptedAt: now().toISOString(), how: 'given' });
      }
    });
    return result;
  };
};
