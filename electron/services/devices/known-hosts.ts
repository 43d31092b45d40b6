import { createHmac } from 'node:crypto';
import { inSlices, type Sliced } from '#electron/slices.ts';
import type { ImportProblem, KnownHostsResult } from '#shared/model/device-import.ts';
import type { Device } from '#shared/model/devices.ts';
import { hostPort } from '#shared/names.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { addressKey } from './columns.ts';
import { matchesList } from './import/patterns.ts';
import type { Inventory } from './inventory.ts';
import type { DeviceEntry } from './lookup.ts';
import { type HostKeyOffer, hostKeyTypes, readHostKey } from './ssh/host-keys.ts';
import { textLines } from './text-lines.ts';

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

/** The ids of the devices each line is about. */
const createFinding = (devices: readonly DeviceEntry[]) => {
  const places = devices.flatMap((device) => placesOf(device).map((place) => ({ place, id: device.id })));
  const byPlace = Map.groupBy(places, ({ place }) => place);
  return function* (hosts: string): Sliced<string[]> {
    const isHashed = hashedMatch(hosts);
    const patterns = hosts.split(',');
    if (!isHashed && !/[*?!]/.test(hosts)) {
      const found = patterns.flatMap((host) => byPlace.get(host.toLowerCase()) ?? []);
      return [...new Set(found.map(({ id }) => id))];
    }
    const found = new Set<string>();
    for (const { place, id } of places) {
      yield;
      if (isHashed ? isHashed(place) : matchesList(patterns, place)) found.add(id);
    }
    return [...found];
  };
};

/** A line with the devices it is about. */
interface Matched extends Line {
  ids: string[];
}

/** Reads the lines and finds their devices. */
function* match(
  text: string,
  devices: readonly DeviceEntry[],
): Sliced<{ matched: Matched[]; unmatched: number; problems: ImportProblem[] }> {
  const find = createFinding(devices);
  const lines: Line[] = [];
  const problems: ImportProblem[] = [];
  for (const [index, content] of textLines(text).entries()) {
    yield;
    if (/^\s*(#|$)/.test(content)) continue;
    const read = readLine(content, index + 1);
    if ('key' in read) lines.push(read);
    else problems.push(read);
  }
  // What is revoked must be known before anything is pinned.
  const revoked = new Set<string>();
  for (const { marker, key } of lines) if (marker === '@revoked') revoked.add(key.fingerprint);
  const matched: Matched[] = [];
  let unmatched = 0;
  for (const line of lines) {
    yield;
    const ids = yield* find(line.hosts);
    if (ids.length === 0) unmatched += 1;
    if (line.marker === '' && revoked.has(line.key.fingerprint)) continue;
    matched.push({ ...line, ids });
  }
  return { matched, unmatched, problems };
}

/** Pins the host keys of a `known_hosts` text for the chosen devices. A pinned key is never replaced. */
export const createKnownHosts = (needs: { inventory: Inventory; now: () => Date }) => {
  const { inventory, now } = needs;

  return async (
    input: { text: string; selection: DeviceSelection },
    signal?: AbortSignal,
  ): Promise<KnownHostsResult> => {
    const chosen = inventory.choose(input.selection);
    const { matched, unmatched, problems } = await inSlices(match(input.text, chosen), signal);
    const ids = [...new Set(matched.flatMap((line) => line.ids))];

    return inventory.apply(function* (batch) {
      const result: KnownHostsResult = { pinned: [], same: 0, unmatched, problems: [...problems] };
      const bad = (line: number, problem: string, next: string) =>
        result.problems.push(problemOf(line, 'key', problem, next));
      // One that was removed meanwhile is in the list no more.
      const devices = new Map(
        (yield* inventory.listed(ids)).map((device) => [
          device.id,
          { ...device, keys: new Map(device.hostKeys.map(({ type, fingerprint }) => [type, fingerprint])) },
        ]),
      );
      for (const { line, marker, key, ids: found } of matched) {
        for (const id of found) {
          yield;
          const device = devices.get(id);
          if (!device) continue;
          const { name, keys } = device;
          const { type, fingerprint } = key;
          const pinned = keys.get(type);
          if (marker === '@revoked') {
            if (pinned === fingerprint) {
              const next = 'Give the device a new host key, then confirm it on its page.';
              bad(line, `the key pinned for ${name} is revoked`, next);
            }
          } else if (pinned === fingerprint) result.same += 1;
          else if (pinned !== undefined) {
            const next = 'If the device was reinstalled, confirm its new key on its page.';
            bad(line, `${name} has another ${type} key pinned`, next);
          } else {
            batch.pin(id, { type, fingerprint, acceptedAt: now().toISOString(), how: 'given' });
            keys.set(type, fingerprint);
            result.pinned.push({ id, name, type, fingerprint });
          }
        }
      }
      result.problems.sort((a, b) => a.line - b.line);
      return result;
    }, signal);
  };
};
