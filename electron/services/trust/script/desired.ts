import type { RuntimeKind } from '#shared/model/devices.ts';
import { shellQuote } from '#electron/services/devices/script/quote.ts';
import { permsOf } from '../mode.ts';
import { proofSlots } from '../proof-slots.ts';
import { ourFile, type UndoEntry } from '../undo-data.ts';
import { printBytes } from './bytes.ts';
import { hostsToml, tomlFormat, tomlMark } from './hosts-toml.ts';
import { sha256 } from './pem.ts';

export const scriptModes = ['plan', 'push', 'verify', 'undo', 'release'] as const;
export type ScriptMode = (typeof scriptModes)[number];

/** A name to prove by: `host:port` and the tags to pull, one for each engine that runs, in their order. */
export interface ProbeReference {
  reference: string;
  tags: readonly string[];
}

/** Everything a run wants of a device. The script carries it whole. */
export interface Desired {
  mode: ScriptMode;
  /** Says what an undo would do. */
  isDry?: boolean;
  /** Normal form, see `normalisePem`. */
  caPem: string;
  caSha256: string;
  /** The time in which CA and leaf are both valid. */
  validity: { notBefore: Date; notAfter: Date };
  /** Names of the folders in certs.d. */
  folders: readonly string[];
  /** Folders that are often meant for those, and the name they are not: `registry.local` for `registry.local:5000`. */
  wrongFolders?: readonly { folder: string; name: string }[];
  /** Null or left out: each engine that is found. */
  runtimes?: readonly RuntimeKind[] | null;
  /** Who to prove by; empty without a proof. */
  references: readonly ProbeReference[];
  /** Repository of the probe. */
  probe: string;
  pullSeconds: number;
  /** Paths of foreign files whose removal the person confirmed. */
  confirmed?: readonly string[];
  /** Paths of findings to repair: made readable for engines where that is possible, else moved away. */
  repair?: readonly string[];
  /** SHA-256 of every CA this app has put on the device. */
  known?: readonly string[];
  /** What undo restores. */
  restore?: readonly UndoEntry[];
  /** Undo also what a run left that the app has no record of. */
  sweep?: boolean;
  wantsFacts?: boolean;
  /** False: without what the homes of users need; where they need it, the script only says so. */
  withUsers?: boolean;
  /** Also into the trust store of the operating system. */
  system?: boolean;
  /** Restart what reads that store only once. */
  restart?: boolean;
  /** For one line in /etc/hosts: names, and the addresses they may stand for, best first. */
  pin?: { names: readonly string[]; addresses: readonly string[] } | null;
  /** Who asks, for others who find the device busy. */
  who?: string;
  /** Where the file system of the device begins and its programs lie; for tests. */
  root?: string;
  path?: string;
}

const flag = (value: boolean | undefined): string => (value ? 'yes' : '');

const calls = (name: string, lines: readonly string[]): string =>
  `${name}() {\n${(lines.length === 0 ? [':'] : lines).join('\n')}\n}`;

const isOneOf = (name: string, values: readonly string[]): string =>
  `${name}() {\n${values.map((value) => `[ "$1" != ${shellQuote(value)} ] || return 0\n`).join('')}return 1\n}`;

/** Date and time as two numbers, UTC. */
const instant = (date: Date): string => {
  const digits = date.toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return shellQuote(`${digits.slice(0, 8)} ${digits.slice(8)}`);
};

const owner = (entry: { uid: number; gid: number }): string => `${entry.uid}:${entry.gid}`;

const depth = (path: string): number => path.split('/').length;

const restoreFunctions = (entries: readonly UndoEntry[]): string => {
  const files = entries.filter((entry) => entry.kind === 'file');
  const folders = entries.filter((entry) => entry.kind === 'folder');
  const ordered = [...files].sort((a, b) => Number(b.before !== null) - Number(a.before !== null));
  const fileCalls = ordered.map(({ path, left, before }, index) =>
    [
      `[ -n "$stopped" ] || undo_file ${shellQuote(path)} '${left ?? ''}' '${before?.sha256 ?? ''}'`,
      before
        ? ` '${before.mode}' '${owner(before)}' bytes_${index} '${left === before.sha256 ? permsOf(before.mode) : ''}'`
        : ` '' '' '' ''`,
    ].join(' \\\n'),
  );
  const bytes = ordered.flatMap(({ before }, index) =>
    before ? [calls(`bytes_${index}`, printBytes(Buffer.from(before.data, 'base64')))] : [],
  );
  const removed = folders
    .filter((entry) => entry.before !== null)
    .sort((a, b) => depth(a.path) - depth(b.path))
    .map(({ path, before }) =>
      before ? `undo_missing_folder ${shellQuote(path)} '${before.mode}' '${owner(before)}'` : '',
    );
  const made = folders
    .filter((entry) => entry.before === null)
    .sort((a, b) => depth(b.path) - depth(a.path))
    .map(({ path }) => `undo_made_folder ${shellQuote(path)}`);
  return [
    ...bytes,
    calls('undo_files', fileCalls),
    calls('undo_folders_removed', removed),
    calls('undo_folders_made', made),
  ].join('\n');
};

const isClean = (path: string): boolean => !path.includes('\0');

/** What holds for the places of the system and for those of users alike. */
const common = (desired: Desired): string => {
  const { folders, repair = [], confirmed = [], wrongFolders = [] } = desired;
  return `
is_dry=${flag(desired.isDry)}
sweep=${flag(desired.sweep)}
our_file=${ourFile}
ca_sha256=${shellQuote(desired.caSha256)}
toml_mark=${shellQuote(tomlMark)}
${calls('ca_pem', [`printf '%s' ${shellQuote(desired.caPem)}`])}
${calls('hosts_toml', [`printf ${shellQuote(tomlFormat)} "$1" "$1"`])}
${calls(
  'each_folder',
  folders.map((folder) => `"$1" ${shellQuote(folder)} ${sha256(hostsToml(folder))}`),
)}
${calls(
  'each_wrong_folder',
  wrongFolders.map(({ folder, name }) => `"$1" ${shellQuote(folder)} ${shellQuote(name)}`),
)}
${isOneOf('is_wanted', folders)}
${isOneOf('is_known', [...new Set([desired.caSha256, ...(desired.known ?? [])])])}
${isOneOf('is_confirmed', [...confirmed, ...repair].filter(isClean))}
${isOneOf('is_repaired', repair.filter(isClean))}
`;
};

/** The desired state as shell: the one part of the script that differs between runs. */
export const desiredState = (desired: Desired): string => `
# --- desired state ---
mode=${desired.mode}
who_asks=${shellQuote(desired.who ?? 'someone')}
wants_facts=${flag(desired.wantsFacts)}
wants_system=${flag(desired.system)}
wants_restart=${flag(desired.restart)}
pin_names=${shellQuote((desired.pin?.names ?? []).join(' '))}
pin_addresses=${shellQuote((desired.pin?.addresses ?? []).join(' '))}
root=${shellQuote(desired.root ?? '')}
only_runtimes=${shellQuote(desired.runtimes ? ` ${desired.runtimes.join(' ')} ` : '')}
undo_users=${shellQuote(usersOf(desired).join(' '))}
not_before=${instant(desired.validity.notBefore)}
not_after=${instant(desired.validity.notAfter)}
probe=${shellQuote(desired.probe)}
proof_slots=${proofSlots}
pull_seconds=${Math.ceil(desired.pullSeconds)}
${calls(
  'each_reference',
  desired.references.map(
    ({ reference, tags }, index) => `"$1" ${index} ${shellQuote(reference)} ${shellQuote(tags.join(' '))}`,
  ),
)}
${common(desired)}
${restoreFunctions((desired.restore ?? []).filter(({ user }) => !user))}
`;

const usersOf = ({ restore = [] }: Desired): string[] => [
  ...new Set(restore.flatMap(({ user }) => (user ? [user] : []))),
];

/** The same for the part that runs as users; what undo restores is told apart by `$user`. */
export const desiredStateOfUsers = (desired: Desired): string => `
${common(desired)}
${restoreFunctions([])}
case $user in
${usersOf(desired)
  .map((name) => {
    const mine = (desired.restore ?? []).filter(({ user }) => user === name);
    return `${shellQuote(name)})\n${restoreFunctions(mine)} ;;`;
  })
  .join('\n')}
esac
`;
