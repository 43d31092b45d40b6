import { parseArgs } from 'node:util';
import { runMain, say, SetupError } from '../electron/start/layout.mjs';
import { prepare } from '../electron/start/setup.mjs';
import { canInstall, installTools, labObstacle, missingTools } from './checks/programs.mjs';
import { outcome, quickStages, stages } from './checks/stages.mjs';

/*
 * npm test: set-up, then everything, on a fresh clone with Node 20 or newer.
 *   --check          format, lint, types, unit, build only
 *   --long           with the long figures too
 *   --only a,b       these stages only
 *   --install-tools  install missing system programs (root, Debian); CI=true does so too
 */

const isCi = process.env.CI === 'true';

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean' },
      long: { type: 'boolean' },
      only: { type: 'string' },
      'install-tools': { type: 'boolean' },
    },
  });
  const names = stages.map(({ name }) => name);
  const wanted = values.only?.split(',') ?? (values.check ? quickStages : names);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new SetupError(`There is no stage ${unknown.join(', ')}; choose of ${names.join(', ')}.`);
  return {
    wanted,
    isLong: Boolean(values.long),
    isQuick: Boolean(values.check),
    mayInstall: isCi || Boolean(values['install-tools']),
  };
};

/** Why the stages that need the lab cannot run, or null. Installs what is missing when that is wanted. */
const prepareLab = (mayInstall) => {
  const obstacle = labObstacle();
  if (obstacle) return obstacle;
  const missing = missingTools();
  if (!missing) return null;
  if (mayInstall && canInstall()) {
    say(`The lab needs ${missing} …`);
    if (installTools() && !missingTools()) return null;
  }
  return `the lab misses programs: ${missingTools()} (or npm test -- --install-tools)`;
};

const header = (name) => process.stdout.write(`\n── ${name} ${'─'.repeat(Math.max(0, 70 - name.length))}\n`);

const skipStage = (stage, labProblem) => {
  process.stdout.write(`${isCi ? 'Failed' : 'Skipped'}: ${labProblem}\n`);
  return isCi ? outcome(0, 1) : outcome(0, 0, 1, { [`${stage.name}: ${labProblem}`]: 1 });
};

/** Runs stages one after the other. Beside another lane their output is shown when they are done. */
const runLane = async (lane, { node, env, labProblem, isLive = true }) => {
  const results = [];
  for (const stage of lane) {
    const begun = Date.now();
    if (isLive) header(stage.name);
    const isPossible = !stage.needsLab || !labProblem;
    const result = isPossible ? await stage.run(node, env, isLive) : skipStage(stage, labProblem);
    results.push({ name: stage.name, result, seconds: (Date.now() - begun) / 1000 });
  }
  return results;
};

/** The static checks beside the unit tests, which wait a good part of their time: a minute for two processors. */
const runQuick = async (selected, settings) => {
  const [checked, tested] = await Promise.all([
    runLane(
      selected.filter(({ isStatic }) => isStatic),
      { ...settings, isLive: false },
    ),
    runLane(
      selected.filter(({ isStatic }) => !isStatic),
      settings,
    ),
  ]);
  for (const { name, result } of checked) {
    header(name);
    process.stdout.write(result.output);
  }
  return [...checked, ...tested];
};

const report = (results) => {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  // The end of a long output is what is kept of it: what failed stands there whole.
  const failures = results.flatMap(({ name, result }) =>
    result.failures.map((text) => `${name}: ${text}\n\n`),
  );
  if (failures.length > 0) {
    header('failed');
    process.stdout.write(failures.join(''));
  }
  header('result');
  for (const { name, result, seconds } of results) {
    const { passed, failed, skipped, reasons } = result;
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
    process.stdout.write(
      `${failed > 0 ? '✕' : '✓'} ${name.padEnd(8)} ${passed} passed, ${failed} failed, ${skipped} skipped  (${seconds.toFixed(1)} s)\n`,
    );
    for (const [reason, count] of Object.entries(reasons)) {
      process.stdout.write(`    ${count} skipped: ${reason}\n`);
    }
  }
  process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0;
};

runMain(async () => {
  const { wanted, isLong, isQuick, mayInstall } = readOptions();
  let node = '';
  try {
    node = await prepare({ build: wanted.some((name) => name === 'lab' || name === 'ui') });
  } catch (error) {
    say(error.message);
    return report([{ name: 'set-up', result: outcome(0, 1), seconds: 0 }]);
  }
  const selected = stages.filter(({ name }) => wanted.includes(name));
  const settings = {
    node,
    env: isLong ? { MOORING_LONG: '1' } : {},
    labProblem: selected.some(({ needsLab }) => needsLab) ? prepareLab(mayInstall) : null,
  };
  return report(await (isQuick ? runQuick : runLane)(selected, settings));
});
