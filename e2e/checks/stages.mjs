import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cache, root } from '../../electron/start/layout.mjs';

/**
 * How a stage went.
 * @param reasons why tests were skipped, with how many each
 * @param failures what failed: a text each, its first line the test and its file
 */
export const outcome = (passed, failed, skipped = 0, reasons = {}, failures = []) => ({
  passed,
  failed,
  skipped,
  reasons,
  failures,
});

const modules = join(root, 'node_modules');

/**
 * Runs a tool on Node 24. Resolves with its exit code and, when it was not shown live, its output.
 * @param isLive false: the output is kept, because another stage is showing its own
 */
const tool = (node, args, { env = {}, isLive = true } = {}) =>
  new Promise((resolve) => {
    const path = `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}`;
    const sink = isLive ? 'inherit' : 'pipe';
    const child = spawn(node, args, {
      cwd: root,
      stdio: ['ignore', sink, sink],
      env: { ...process.env, PATH: path, ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.once('error', (error) => resolve({ code: 1, output: `${error.message}\n` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });

/** A check that passes or fails as a whole. */
const check = async (node, args, isLive) => {
  const { code, output } = await tool(node, args, { isLive });
  return { ...(code === 0 ? outcome(1, 0) : outcome(0, 1)), output };
};

const readReport = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
};

const freshReport = (name) => {
  const folder = join(cache, 'reports');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  rmSync(file, { force: true });
  return file;
};

/** What a person needs of a failure at the end of a long output: the first lines, without colours. */
const failureText = (name, place, message = '') => {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return [`${name} (${place})`, ...lines.slice(0, 12)].join('\n');
};

/** Counts a report of vitest. A file that could not even be loaded counts as one failure. */
export const countVitest = (report, code) => {
  if (!report) return outcome(0, 1);
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const skipped = report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + broken.length;
  const failures = [
    ...broken.map(({ name, message }) => failureText('the whole file', relative(root, name), message)),
    ...report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map((test) => failureText(test.fullName, relative(root, name), test.failureMessages.join('\n'))),
    ),
  ];
  // An error outside every test: nothing failed, yet the run did.
  return outcome(report.numPassedTests, failed || (code === 0 ? 0 : 1), skipped, {}, failures);
};

const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];

/** Counts a report of Playwright; a flaky test is a failed one. */
export const countPlaywright = (report, code) => {
  if (!report) return outcome(0, 1);
  const { expected, unexpected, flaky, skipped } = report.stats;
  const reasons = {};
  const failures = report.errors.map(({ message }) =>
    failureText('outside every test', 'Playwright', message),
  );
  const tests = report.suites
    .flatMap(specsOf)
    .flatMap((spec) => spec.tests.map((test) => ({ ...test, spec })));
  for (const test of tests) {
    if (test.status === 'unexpected' || test.status === 'flaky') {
      const messages = test.results.flatMap(({ errors }) => errors.map(({ message }) => message));
      failures.push(failureText(test.spec.title, test.spec.file, messages.join('\n')));
    }
    if (test.status !== 'skipped') continue;
    const why = test.annotations.find(({ type }) => type === 'skip')?.description ?? 'no reason given';
    const text = `${test.projectName}: ${why}`;
    reasons[text] = (reasons[text] ?? 0) + 1;
  }
  const failed = unexpected + flaky + report.errors.length;
  return outcome(expected, failed || (code === 0 ? 0 : 1), skipped, reasons, failures);
};

const vitest = async (node, project, env) => {
  const file = freshReport(project);
  const { code } = await tool(
    node,
    [
      join(modules, 'vitest', 'vitest.mjs'),
      'run',
      '--config',
      'e2e/checks/vitest.config.ts',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    { env },
  );
  return countVitest(readReport(file), code);
};

const playwright = async (node, env) => {
  const file = freshReport('ui');
  const { code } = await tool(
    node,
    [
      join(modules, '@playwright', 'test', 'cli.js'),
      'test',
      '--config',
      'e2e/playwright.config.ts',
      '--reporter=list,json',
    ],
    { env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file } },
  );
  return countPlaywright(readReport(file), code);
};

const prettier = [join(modules, 'prettier', 'bin', 'prettier.cjs'), '--check', '.'];
const eslint = [join(modules, 'eslint', 'bin', 'eslint.js'), '--config', 'e2e/checks/eslint.config.js', '.'];
const tsc = [join(modules, 'typescript', 'bin', 'tsc'), '-b'];
const build = [join(root, 'electron', 'start', 'build.mjs')];

/** Each stage by name, in order. `isStatic`: short, and may run beside another; `needsLab`: Linux, root and the daemons. */
export const stages = [
  { name: 'format', isStatic: true, run: (node, _env, isLive) => check(node, prettier, isLive) },
  { name: 'lint', isStatic: true, run: (node, _env, isLive) => check(node, eslint, isLive) },
  { name: 'types', isStatic: true, run: (node, _env, isLive) => check(node, tsc, isLive) },
  { name: 'build', isStatic: true, run: (node, _env, isLive) => check(node, build, isLive) },
  { name: 'unit', run: (node, env) => vitest(node, 'unit', env) },
  { name: 'services', run: (node, env) => vitest(node, 'services', env) },
  { name: 'lab', needsLab: true, run: (node, env) => vitest(node, 'lab', env) },
  { name: 'ui', needsLab: true, run: (node, env) => playwright(node, env) },
];

/** What `npm run check` runs. */
export const quickStages = ['format', 'lint', 'types', 'unit', 'build'];
