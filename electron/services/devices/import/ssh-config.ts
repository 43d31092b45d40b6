import type { Sliced } from '#electron/slices.ts';
import type { ImportProblem } from '#shared/model/device-import.ts';
import { type Draft, emptyDraft, type Reading, type Surroundings } from './draft.ts';
import { hasWildcard, matchesList } from './patterns.ts';
import { textLines } from '../text-lines.ts';

interface Line {
  line: number;
  keyword: string;
  words: string[];
}

/** A `Host` or `Match` block; what stands before the first holds for every host. */
interface Block {
  /** Null: a `Match` that is not followed. */
  patterns: string[] | null;
  /** The first of each keyword counts. */
  options: Map<string, string>;
}

/** ssh_config(5): keyword and arguments, separated by blanks or one `=`; quotation marks keep blanks. */
const readLine = (text: string, line: number): Line | null => {
  const found = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*)$/.exec(text);
  if (!found) return null;
  const words = [...(found[2] ?? '').matchAll(/"([^"]*)"|(\S+)/g)].map((word) => word[1] ?? word[2] ?? '');
  const comment = words.findIndex((word) => word.startsWith('#'));
  return {
    line,
    keyword: (found[1] ?? '').toLowerCase(),
    words: comment < 0 ? words : words.slice(0, comment),
  };
};

const used = new Set(['hostname', 'port', 'user', 'identityfile', 'proxyjump', 'proxycommand']);

/** Tokens of ssh_config(5), TOKENS and the environment. */
const fillIn = (text: string, tokens: Record<string, string>): string =>
  text.replace(/%([%a-zA-Z])/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)));

const keyFileOf = (given: string, tokens: Record<string, string>, home: string): string => {
  if (given === '' || given.toLowerCase() === 'none') return '';
  const filled = fillIn(given, tokens);
  return filled.startsWith('~/') ? `${home}/${filled.slice(2)}` : filled;
};

const jumpOf = (options: Map<string, string>): string => {
  const [kind, way] = [...options].find(
    ([keyword, value]) => keyword.startsWith('proxy') && value.toLowerCase() !== 'none',
  ) ?? ['', ''];
  if (kind === 'proxyjump') return `it is reached through ${way}, and jump hosts are not supported yet`;
  return kind === '' ? '' : 'it is reached by a ProxyCommand, which is not supported';
};

/** The blocks that hold for a host, in their order. Plain names are looked up: most blocks are about one host. */
const createFinding = (blocks: readonly Block[]) => {
  const isPlain = (pattern: string) => !hasWildcard(pattern) && !pattern.startsWith('!');
  const placed = blocks.map(({ patterns, options }, place) => ({ patterns: patterns ?? [], options, place }));
  const [plain, others] = [
    placed.filter(({ patterns }) => patterns.every(isPlain)),
    placed.filter(({ patterns }) => !patterns.every(isPlain)),
  ];
  const names = plain.flatMap((block) =>
    [...new Set(block.patterns.map((name) => name.toLowerCase()))].map((name) => ({ name, block })),
  );
  const byName = Map.groupBy(names, ({ name }) => name);
  return (host: string): Pick<Block, 'options'>[] =>
    [
      ...(byName.get(host.toLowerCase()) ?? []).map(({ block }) => block),
      ...others.filter(({ patterns }) => matchesList(patterns, host)),
    ].sort((a, b) => a.place - b.place);
};

const draftOf = (
  host: string,
  line: number,
  blocks: readonly Pick<Block, 'options'>[],
  around: Surroundings,
): Draft => {
  const options = new Map<string, string>();
  for (const block of blocks) {
    for (const [keyword, value] of block.options) if (!options.has(keyword)) options.set(keyword, value);
  }
  const address = fillIn(options.get('hostname') ?? host, { h: host, n: host });
  const user = options.get('user') ?? '';
  const tokens = { h: address, n: host, r: user || around.user, u: around.user, d: around.home };
  const isGit = user === 'git';
  return {
    ...emptyDraft,
    line,
    name: host,
    address,
    user,
    port: options.get('port') ?? '',
    keyFile: keyFileOf(options.get('identityfile') ?? '', tokens, around.home),
    skip: isGit ? 'its user is "git": a Git server, no device' : jumpOf(options),
  };
};

/** Takes the lines apart into blocks, and tells which hosts they name and what is not followed. */
const readBlocks = function* (text: string) {
  const blocks: Block[] = [{ patterns: ['*'], options: new Map() }];
  const hosts = new Map<string, number>();
  const problems: ImportProblem[] = [];
  const notes: string[] = [];
  for (const [index, content] of textLines(text).entries()) {
    yield;
    const line = index + 1;
    if (/^\s*(#|$)/.test(content)) continue;
    const read = readLine(content, line);
    if (read === null || read.words.length === 0) {
      const next = 'Write a keyword and its value, or remove the line.';
      problems.push({ line, field: 'line', problem: 'it is no keyword with a value', next });
      continue;
    }
    const { keyword, words } = read;
    if (keyword === 'host') {
      blocks.push({ patterns: words, options: new Map() });
      for (const host of words) {
        if (!hasWildcard(host) && !host.startsWith('!') && !hosts.has(host)) hosts.set(host, line);
      }
    } else if (keyword === 'match') {
      const isAll = words.length === 1 && words[0]?.toLowerCase() === 'all';
      blocks.push({ patterns: isAll ? ['*'] : null, options: new Map() });
      if (!isAll) notes.push(`Line ${line}: "Match ${words.join(' ')}" is not followed.`);
    } else if (keyword === 'include') {
      notes.push(`Line ${line}: "Include ${words.join(' ')}" is not followed; import that file as well.`);
    } else if (used.has(keyword)) {
      const options = blocks.at(-1)?.options;
      if (!options?.has(keyword))
        options?.set(keyword, keyword === 'proxycommand' ? 'command' : (words[0] ?? ''));
    }
  }
  return { blocks, hosts, problems, notes };
};

/** Reads `~/.ssh/config`: every host that is named without a wildcard, with what the patterns give it. */
export function* readSshConfig(text: string, around: Surroundings): Sliced<Reading> {
  const { blocks, hosts, problems, notes } = yield* readBlocks(text);
  const blocksOf = createFinding(blocks);
  const drafts: Draft[] = [];
  for (const [host, line] of hosts) {
    drafts.push(draftOf(host, line, blocksOf(host), around));
    yield;
  }
  return { format: 'ssh-config', drafts, problems, notes, user: around.user };
}
