import { shellQuote } from '#electron/services/devices/script/quote.ts';
import { permsOf } from '../mode.ts';
import { ourFile, type UndoEntry } from '../undo-data.ts';
import { printBytes } from './bytes.ts';

export const scriptModes = ['plan', 'push', 'verify', 'undo', 'release'] as const;
export type ScriptMode = (typeof scriptModes)[number];

/** A name to prove by: `host:port` and the tag to pull. */
export interface ProbeReference {
  reference: string;
  tag: string;
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
  /** Who to prove by; empty without a proof. */
  references: readonly ProbeReference[];
  /** Repository of the probe. */
  probe: string;
  pullSeconds: number;
  /** Paths of foreign files whose removal the person confirmed. */
  confirmed?: readonly string[];
  /** SHA-256 of every CA this app has put on the device. */
  known?: readonly string[];
  /** What undo restores. */
  restore?: readonly UndoEntry[];
  /** Undo also what a run left that the app has no record of. */
  sweep?: boolean;
  wantsFacts?: boolean;
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

/** The desired state as shell: the one part of the script that differs between runs. */
export const desiredState = (desired: Desired): string => {
  const { folders, references } = desired;
  return `
# --- desired state ---
mode=${desired.mode}
is_dry=${flag(desired.isDry)}
sweep=${flag(desired.sweep)}
wants_facts=${flag(desired.wantsFacts)}
root=${shellQuote(desired.root ?? '')}
our_file=${ourFile}
ca_sha256=${shellQuote(desired.caSha256)}
not_before=${instant(desired.validity.notBefore)}
not_after=${instant(desired.validity.notAfter)}
probe=${shellQuote(desired.probe)}
pull_seconds=${Math.ceil(desired.pullSeconds)}
${calls('ca_pem', [`printf '%s' ${shellQuote(desired.caPem)}`])}
${calls(
  'each_folder',
  folders.map((folder) => `"$1" ${shellQuote(folder)}`),
)}
${isOneOf('is_wanted', folders)}
${isOneOf('is_known', [...new Set([desired.caSha256, ...(desired.known ?? [])])])}
${isOneOf(
  'is_confirmed',
  (desired.confirmed ?? []).filter((path) => !path.includes('\0')),
)}
${calls(
  'each_reference',
  references.map(({ reference, tag }, index) => `"$1" ${index} ${shellQuote(reference)} ${shellQuote(tag)}`),
)}
${restoreFunctions(desired.restore ?? [])}
`;
};
