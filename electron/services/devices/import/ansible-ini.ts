import type { Sliced } from '#electron/slices.ts';
import { type AnsibleInventory, expandHosts, groupOf, type Vars } from './ansible.ts';
import { textLines } from '../text-lines.ts';

type Part = 'hosts' | 'vars' | 'children';

/** Words as a shell would part them: quotation marks keep blanks, ` #` begins a comment. */
const wordsOf = (text: string): string[] | null => {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (const [index, sign] of [...text].entries()) {
    if (quote !== '') {
      if (sign === quote) quote = '';
      else word = (word ?? '') + sign;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (sign === '#' && word === null && index > 0) break;
    else word = (word ?? '') + sign;
  }
  if (quote !== '') return null;
  return word === null ? words : [...words, word];
};

const unquote = (text: string): string => /^(['"])(.*)\1$/s.exec(text)?.[2] ?? text;

/** `name = value` of a `:vars` section. */
const readVar = (text: string): [string, string] | null => {
  const found = /^([\w.-]+)\s*=\s*(.*)$/.exec(text);
  return found ? [found[1] ?? '', unquote((found[2] ?? '').replace(/\s+#.*$/, ''))] : null;
};

/** A line of hosts: a pattern, then variables. Null: it cannot be read. */
const readHosts = (text: string): { hosts: string[]; vars: Vars } | null => {
  const words = wordsOf(text);
  const [pattern, ...pairs] = words ?? [];
  if (pattern === undefined) return null;
  const vars: Vars = new Map();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) return null;
    vars.set(pair.slice(0, at), pair.slice(at + 1));
  }
  const hosts = expandHosts(pattern);
  return hosts.length === 0 ? null : { hosts, vars };
};

/** Reads an Ansible inventory in INI notation. */
export function* readAnsibleIni(text: string): Sliced<AnsibleInventory> {
  const inventory: AnsibleInventory = { groups: new Map(), problems: [], notes: [] };
  let group = 'ungrouped';
  let part: Part = 'hosts';
  const bad = (line: number, problem: string, next: string) =>
    inventory.problems.push({ line, field: 'line', problem, next });
  for (const [index, content] of textLines(text).entries()) {
    yield;
    const line = index + 1;
    const trimmed = content.trim();
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue;
    const section = /^\[([^\]:]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(trimmed);
    if (section) {
      const kind = section[2] ?? 'hosts';
      group = (section[1] ?? '').trim();
      part = kind === 'vars' || kind === 'children' ? kind : 'hosts';
      if (part === 'hosts' && kind !== 'hosts') bad(line, `":${kind}" is unknown`, 'Use :vars or :children.');
      groupOf(inventory, group);
    } else if (part === 'vars') {
      const found = readVar(trimmed);
      if (found) groupOf(inventory, group).vars.set(...found);
      else bad(line, 'it is no name = value', 'Write name = value, or begin a section with [group].');
    } else if (part === 'children') {
      const child = trimmed.replace(/\s+#.*$/, '');
      groupOf(inventory, group).children.add(child);
      groupOf(inventory, child);
    } else {
      const found = readHosts(trimmed);
      if (!found) bad(line, 'it is no host with name=value pairs', 'Write the host, then name=value pairs.');
      for (const host of found?.hosts ?? []) {
        const { hosts } = groupOf(inventory, group);
        const known = hosts.get(host) ?? { line, vars: new Map() };
        hosts.set(host, { line: known.line, vars: new Map([...known.vars, ...(found?.vars ?? [])]) });
      }
    }
  }
  return inventory;
}
