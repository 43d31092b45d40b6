import { posix } from 'node:path';
import type { Sliced } from '#electron/slices.ts';
import { Secret } from '#electron/store/secret.ts';
import type { ImportProblem } from '#shared/model/device-import.ts';
import { type Draft, emptyDraft, type Reading, type Surroundings } from './draft.ts';

export type Vars = Map<string, string>;

export interface AnsibleGroup {
  /** Host as written out, and the line it stands on first. */
  hosts: Map<string, { line: number; vars: Vars }>;
  vars: Vars;
  children: Set<string>;
}

/** An inventory as its files say it, in either notation. */
export interface AnsibleInventory {
  groups: Map<string, AnsibleGroup>;
  problems: ImportProblem[];
  notes: string[];
}

/** More are a mistyped range. */
const mostHosts = 50_000;

export const groupOf = ({ groups }: AnsibleInventory, name: string): AnsibleGroup => {
  const known = groups.get(name) ?? { hosts: new Map(), vars: new Map(), children: new Set() };
  groups.set(name, known);
  return known;
};

const letter = (text: string): number => (/^[A-Za-z]$/.test(text) ? text.charCodeAt(0) : Number.NaN);

const steps = (from: number, to: number, step: number): number[] =>
  Number.isNaN(from) || to < from || step < 1 || (to - from) / step > mostHosts
    ? []
    : Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

/** `01:20`, `a:f`, `0:10:2`; a leading zero sets the width. */
const valuesOf = (from: string, to: string, step: string | undefined): string[] => {
  const by = Number(step ?? 1);
  if (/^\d+$/.test(from) && /^\d+$/.test(to)) {
    const width = from.startsWith('0') ? from.length : 0;
    return steps(Number(from), Number(to), by).map((value) => String(value).padStart(width, '0'));
  }
  return steps(letter(from), letter(to), by).map((code) => String.fromCharCode(code));
};

/** All hosts a pattern stands for; empty when its range makes no sense. */
export const expandHosts = (pattern: string): string[] => {
  const range = /^(.*?)\[(\w+):(\w+)(?::(\d+))?\](.*)$/.exec(pattern);
  // An IPv6 address in brackets has more colons than a range.
  if (!range) return [pattern];
  const [, head = '', from = '', to = '', step, tail = ''] = range;
  const rests = expandHosts(tail);
  const values = valuesOf(from, to, step);
  if (values.length * rests.length > mostHosts) return [];
  return values.flatMap((value) => rests.map((rest) => head + value + rest));
};

/** `host:port` and `[address]:port`; other texts are the host alone. */
const splitPort = (host: string): { host: string; port: string } => {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(host);
  if (bracketed) return { host: bracketed[1] ?? '', port: bracketed[2] ?? '' };
  const plain = /^([^:]+):(\d+)$/.exec(host);
  return plain ? { host: plain[1] ?? '', port: plain[2] ?? '' } : { host, port: '' };
};

/** Groups that hold a group, however far up, with how far. */
const ancestorsOf = (groups: AnsibleInventory['groups'], start: readonly string[]): Map<string, number> => {
  const depths = new Map<string, number>();
  let next = [...start];
  for (let depth = 0; next.length > 0; depth += 1) {
    const parents: string[] = [];
    for (const name of next.filter((one) => !depths.has(one))) {
      depths.set(name, depth);
      for (const [parent, { children }] of groups) if (children.has(name)) parents.push(parent);
    }
    next = parents;
  }
  return depths;
};

const pick = (vars: Vars, ...names: string[]): string =>
  names.map((name) => vars.get(name)).find((value) => value !== undefined) ?? '';

const secretOf = (text: string): Secret | null => (text === '' ? null : new Secret(text));

const skipOf = (vars: Vars): string => {
  const connection = pick(vars, 'ansible_connection');
  if (connection !== '' && !['ssh', 'smart', 'paramiko', 'ansible.builtin.ssh'].includes(connection)) {
    return `Ansible reaches it by "${connection}", not by SSH`;
  }
  const more = [...vars].find(
    ([name, value]) => /^ansible_ssh_(common|extra)_args$/.test(name) && /proxy/i.test(value),
  );
  return more ? 'it is reached through a jump host, which is not supported yet' : '';
};

/** What decides how a host is reached. */
const usedVars =
  /^ansible_(host|port|user|password|connection|become_pass(word)?|private_key_file|sudo_pass|ssh_(host|port|user|pass|private_key_file|common_args|extra_args))$/;

const templated = (vars: Vars): [string, string] | undefined =>
  [...vars].find(([name, value]) => usedVars.test(name) && (value.includes('{{') || value === vaulted));

/** Stands for a value that ansible-vault keeps. */
export const vaulted = '\u0000vault';

const draftOf = (
  name: string,
  line: number,
  vars: Vars,
  own: { group: string; tags: string[] },
  { home, folder }: Surroundings & { folder: string | null },
): Draft => {
  const { host, port } = splitPort(name);
  const file = pick(vars, 'ansible_ssh_private_key_file', 'ansible_private_key_file');
  const isBare = file !== '' && !/^([~/\\]|[A-Za-z]:)/.test(file);
  return {
    ...emptyDraft,
    ...own,
    line,
    name: host,
    address: pick(vars, 'ansible_host', 'ansible_ssh_host') || host,
    port: pick(vars, 'ansible_port', 'ansible_ssh_port') || port,
    user: pick(vars, 'ansible_user', 'ansible_ssh_user'),
    keyFile: isBare && folder !== null ? posix.join(folder, file) : file.replace(/^~(?=\/)/, home),
    password: file === '' ? secretOf(pick(vars, 'ansible_password', 'ansible_ssh_pass')) : null,
    sudoPassword: secretOf(
      pick(vars, 'ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass') ||
        (file === '' ? '' : pick(vars, 'ansible_password', 'ansible_ssh_pass')),
    ),
    skip: skipOf(vars),
  };
};

/**
 * Makes devices of an inventory: variables of nearer groups win. The first group a host stands in becomes its group,
 * all others its tags.
 * @param around.folder where relative paths begin; null when it is not known
 */
export function* readAnsible(
  inventory: AnsibleInventory,
  around: Surroundings & { folder: string | null },
): Sliced<Reading> {
  const { groups, problems, notes } = inventory;
  const homes = new Map<string, { line: number; groups: string[] }>();
  for (const [group, { hosts }] of groups) {
    for (const [host, { line }] of hosts) {
      yield;
      const known = homes.get(host) ?? { line, groups: [] };
      homes.set(host, { line: Math.min(line, known.line), groups: [...known.groups, group] });
    }
  }
  const isOwn = (group: string) => group !== 'all' && group !== 'ungrouped';
  const drafts: Draft[] = [];
  for (const [host, { line, groups: direct }] of homes) {
    yield;
    const depths = ancestorsOf(groups, direct);
    const outwards = [...depths]
      .sort(([a, x], [b, y]) => x - y || a.localeCompare(b))
      .map(([group]) => group);
    const inwards = ['all', ...outwards.filter((group) => group !== 'all').reverse()];
    const vars: Vars = new Map(inwards.flatMap((group) => [...(groups.get(group)?.vars ?? [])]));
    for (const group of direct) {
      for (const [name, value] of groups.get(group)?.hosts.get(host)?.vars ?? []) vars.set(name, value);
    }
    const broken = templated(vars);
    if (broken) {
      const [field, value] = broken;
      problems.push({
        ...{ line, field },
        problem:
          value === vaulted ? `${host}: it is kept by ansible-vault` : `${host}: templates are not evaluated`,
        next: 'Write the value itself, or import the output of `ansible-inventory --list --yaml`.',
      });
      continue;
    }
    const [group = '', ...others] = direct.filter(isOwn);
    const tags = [...others, ...outwards.filter((one) => isOwn(one) && !direct.includes(one))];
    drafts.push(draftOf(host, line, vars, { group, tags }, around));
  }
  drafts.sort((a, b) => a.line - b.line);
  return { format: 'ansible', drafts, problems, notes, user: around.user };
}
