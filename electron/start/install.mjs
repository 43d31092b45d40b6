import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { node24, root, say, SetupError } from './layout.mjs';

const modules = join(root, 'node_modules');
/** Lies inside node_modules, so that deleting the one deletes the other. */
const mark = join(modules, '.mooring-lock');

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');

const readText = (path) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');

/**
 * True when what lies in node_modules is what the lockfile says although no mark tells so: someone ran npm by hand.
 * Optional packages of other platforms may be missing.
 */
const matchesLockfile = () => {
  const installed = join(modules, '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const there = found[path];
    return there ? there.version === entry.version : Boolean(entry.optional);
  });
};

/** True when node_modules belongs to the lockfile. */
export const isInstalled = () => {
  if (!existsSync(modules)) return false;
  const hash = lockHash();
  if (readText(mark) === hash) return true;
  if (!matchesLockfile()) return false;
  writeFileSync(mark, `${hash}\n`);
  return true;
};

/** Where npm's own script may lie: handed over by npm, beside this Node, in Debian's place, or on the PATH. */
export const findNpm = (env = process.env, execPath = process.execPath) => {
  const beside = dirname(execPath);
  const onPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => {
    const program = join(folder, 'npm');
    return folder && existsSync(program)
      ? [realpathSync(program), join(folder, 'node_modules/npm/bin/npm-cli.js')]
      : [];
  });
  const places = [
    ...(env.npm_execpath ? [env.npm_execpath] : []),
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    '/usr/share/nodejs/npm/bin/npm-cli.js',
    ...onPath,
  ];
  return places.find((path) => basename(path) === 'npm-cli.js' && existsSync(path)) ?? null;
};

const countPackages = () =>
  Object.keys(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages).length - 1;

/** npm draws its own progress on a terminal; elsewhere each download is counted into a line now and then. */
const runNpm = (npm) =>
  new Promise((resolve) => {
    const isTerminal = Boolean(process.stderr.isTTY);
    const args = [npm, 'ci', '--include=dev', '--no-audit', '--no-fund'];
    const child = spawn(
      process.execPath,
      [...args, ...(isTerminal ? ['--progress', '--loglevel=error'] : ['--loglevel=http'])],
      {
        cwd: root,
        stdio: ['ignore', 2, isTerminal ? 2 : 'pipe'],
      },
    );
    if (child.stderr) reportDownloads(child.stderr);
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });

const reportDownloads = (stream) => {
  const total = countPackages();
  let fetched = 0;
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // The system's Node may be older than some tools ask for: they run on Node 24.
      if (/^npm warn /.test(line)) continue;
      if (!line.startsWith('npm http ')) say(line);
      else if (line.includes('.tgz') && ++fetched % 100 === 0) say(`  ${fetched} of about ${total} packages`);
    }
  });
};

/** Installs what the lockfile says. Throws SetupError with what to do next. */
export const install = async () => {
  const npm = findNpm();
  if (!npm) throw new SetupError('npm was not found. Install Node.js 20 or newer together with npm.');
  say('Installing dependencies from package-lock.json …');
  const code = await runNpm(npm);
  if (code !== 0) {
    throw new SetupError(`npm ci failed (exit ${code}). Its output is above; correct it and try again.`);
  }
  mkdirSync(modules, { recursive: true });
  writeFileSync(mark, `${lockHash()}\n`);
};

/** Guards against `--ignore-scripts`, with which the `node` package stays empty. Returns the path of Node 24. */
export const requireNode24 = () => {
  const program = node24();
  if (program) return program;
  throw new SetupError(
    'Node 24 is missing from node_modules/node: install scripts are switched off. ' +
      'Run `npm config delete ignore-scripts`, delete node_modules and try again.',
  );
};
