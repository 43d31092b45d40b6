import { Composer, isAlias, isMap, isScalar, Lexer, LineCounter, type Node, Parser, type Scalar } from 'yaml';
import type { Sliced } from '#electron/slices.ts';
import { type AnsibleInventory, expandHosts, groupOf, vaulted, type Vars } from './ansible.ts';

interface Entry {
  key: string;
  line: number;
  value: Node | null;
}

/** As it is written: 0012 and 1e3 are passwords and names, whatever number they are. */
const textOf = ({ value, source }: Scalar): string =>
  typeof value === 'number' && source !== undefined ? source : String(value);

const parts = ['hosts', 'vars', 'children'];

/**
 * As `parseDocument` does, in slices. Keys that stand twice are not looked for: that compares each with each, which takes
 * seconds where a group has thousands of hosts.
 */
function* parseYaml(text: string, lines: LineCounter) {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const tokens = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    yield;
  }
  tokens.push(...parser.end());
  const composer = new Composer({ merge: true, logLevel: 'error', uniqueKeys: false });
  return [...composer.compose(tokens, true, text.length)];
}

/** Reads an Ansible inventory in YAML notation. */
export function* readAnsibleYaml(text: string): Sliced<AnsibleInventory> {
  const inventory: AnsibleInventory = { groups: new Map(), problems: [], notes: [] };
  const lines = new LineCounter();
  const [document, second] = yield* parseYaml(text, lines);
  const bad = (line: number, field: string, problem: string, next: string) =>
    inventory.problems.push({ line, field, problem, next });
  for (const { message, pos } of document?.errors ?? []) {
    bad(lines.linePos(pos[0]).line, 'line', message, 'Correct the YAML.');
  }
  if (second) {
    const { line } = lines.linePos(second.range[0]);
    bad(line, 'line', 'a second document begins', 'Import each document by itself.');
  }
  if (!document || inventory.problems.length > 0) return inventory;

  const follow = (node: unknown): Node | null => {
    const found = isAlias(node) ? node.resolve(document) : node;
    return (found ?? null) as Node | null;
  };
  const entriesOf = (node: Node | null, what: string): Entry[] => {
    if (node === null || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) {
      const { line } = lines.linePos(node.range?.[0] ?? 0);
      bad(line, 'line', `"${what}" is no mapping of names`, `Write one "name:" a line below "${what}".`);
      return [];
    }
    const keys = new Set<string>();
    return node.items.flatMap(({ key, value }) => {
      const name = follow(key);
      const { line } = lines.linePos(name?.range?.[0] ?? 0);
      if (isScalar(name) && keys.has(textOf(name))) {
        bad(line, textOf(name), 'it stands twice in the same place', 'Remove one of the two.');
        return [];
      }
      if (isScalar(name)) keys.add(textOf(name));
      if (isScalar(name) && name.value === '<<') return entriesOf(follow(value), what);
      return isScalar(name) ? [{ key: textOf(name), line, value: follow(value) }] : [];
    });
  };
  const varsOf = (node: Node | null, what: string): Vars =>
    new Map(
      entriesOf(node, what).flatMap(({ key, value }): [string, string][] => {
        if (!isScalar(value) || value.value === null) return [];
        return [[key, value.tag === '!vault' ? vaulted : textOf(value)]];
      }),
    );

  const readGroup = function* (name: string, node: Node | null, depth: number): Sliced<void> {
    const group = groupOf(inventory, name);
    if (depth > 50) return;
    for (const { key, line, value } of entriesOf(node, name)) {
      if (key === 'vars') for (const pair of varsOf(value, 'vars')) group.vars.set(...pair);
      else if (key === 'children') {
        for (const child of entriesOf(value, 'children')) {
          group.children.add(child.key);
          yield* readGroup(child.key, child.value, depth + 1);
        }
      } else if (key === 'hosts') yield* readHosts(name, value);
      else bad(line, key, `a group has ${parts.join(', ')} only`, 'Move it below "children", or remove it.');
    }
  };
  const readHosts = function* (group: string, node: Node | null): Sliced<void> {
    const { hosts } = groupOf(inventory, group);
    for (const { key, line, value } of entriesOf(node, 'hosts')) {
      yield;
      const names = expandHosts(key);
      if (names.length === 0) bad(line, 'host', `"${key}" stands for no host`, 'Correct the range.');
      const vars = varsOf(value, key);
      for (const name of names) {
        const known = hosts.get(name) ?? { line, vars: new Map() };
        hosts.set(name, { line: known.line, vars: new Map([...known.vars, ...vars]) });
      }
    }
  };

  const top = follow(document.contents);
  const names = entriesOf(top, 'the inventory');
  const source = names.find(({ key }) => key === 'plugin' || key === '_meta');
  if (source) {
    const next = 'Import the output of `ansible-inventory --list --yaml` instead.';
    bad(source.line, source.key, 'it is no list of hosts, but a source or the output of one', next);
    return inventory;
  }
  for (const { key, value } of names) yield* readGroup(key, value, 0);
  return inventory;
}
