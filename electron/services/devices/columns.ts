import net from 'node:net';
import type { Device, DeviceFacts, Proof, ProofMark } from '#shared/model/devices.ts';

type Trust = Device['trust'];
type Engine = DeviceFacts['engines'][number];

/** An address in the one form in which equal addresses are equal texts. */
export const addressKey = (address: string): string => {
  const text = address.toLowerCase().replace(/\.$/, '');
  const [ip = '', zone] = text.split('%', 2);
  if (!net.isIPv6(ip)) return text;
  const { hostname } = new URL(`http://[${ip}]`);
  // The zone keeps its letters: names of interfaces differ by case.
  return hostname.slice(1, -1) + (zone === undefined ? '' : address.slice(address.indexOf('%')));
};

/** Sorts as a person counts: line-2 before line-10, 10.0.0.9 before 10.0.0.10. */
const sortKey = (text: string): string =>
  text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(10, '0'));

/** Columns that serve sorting and comparing. */
export const placeColumns = ({ name, address }: Pick<Device, 'name' | 'address'>) => ({
  addressKey: addressKey(address),
  sortName: sortKey(name),
  sortAddress: sortKey(address),
});

/**
 * SQL for the text in which a search looks, beside the names of group and tags.
 * @param own the table that name, address and user come from
 */
export const wordsSql = (own = 'devices'): string =>
  `folded(concat_ws(char(10), ${own}.name, ${own}.address, ${own}.user, engine, title))`;

/** What a table needs of one proof; `ca` is the beginning of the fingerprint that it has. */
export type ProofSummary = [
  name: string,
  runtime: Proof['runtime'],
  mark: Exclude<ProofMark, 'former-ca' | 'former-name'>,
  ca: string,
];

const markOf = ({ level, isProven }: Proof): ProofSummary[2] => {
  if (level === 'engine') return isProven ? 'pulled' : 'refused';
  return level === 'tls' ? 'handshake' : 'files';
};

/** Four bytes tell the few CAs of one registry apart. */
export const shortCa = (fingerprint: string | null | undefined): string => fingerprint?.slice(0, 11) ?? '';

export const summaryOf = (proof: Proof): ProofSummary => [
  proof.name,
  proof.runtime,
  markOf(proof),
  shortCa(proof.fingerprint),
];

/** What a table shows of the trust of a device. */
export const trustColumns = ({ state, error, lastProofAt, canUndo, proofs }: Trust) => ({
  state,
  code: error?.code ?? null,
  title: error?.title ?? '',
  lastProofAt,
  canUndo: canUndo ? 1 : 0,
  proofs: JSON.stringify(proofs.map(summaryOf)),
});

const engineLabel = ({ kind, version }: Engine): string =>
  `${kind} ${/^\d+(?:\.\d+)?/.exec(version)?.[0] ?? version}`.trim();

/** What a table shows of the engines of a device, a running one first. `engineKinds` is `|docker|podman|`. */
export const engineColumns = (facts: DeviceFacts | null) => {
  const engines = facts?.engines ?? [];
  const shown = engines.find(({ isRunning }) => isRunning) ?? engines[0];
  const kinds = engines.map(({ kind }) => `${kind}|`);
  return {
    engine: shown ? engineLabel(shown) : '',
    engineKinds: kinds.length === 0 ? '' : `|${kinds.join('')}`,
  };
};
