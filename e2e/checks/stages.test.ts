import { join } from 'node:path';
import { expect, test } from 'vitest';

// Plain .mjs without types: it has to run before anything is installed.
const { countPlaywright, countVitest } = await import(
  /* @vite-ignore */ join(import.meta.dirname, 'stages.mjs')
);

const vitest = (numbers: object, files: object[] = []) => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: files,
  ...numbers,
});

test('vitest: tests are counted, skipped ones too', () => {
  const report = vitest({ numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 });
  expect(countVitest(report, 1)).toMatchObject({ passed: 5, failed: 1, skipped: 3 });
});

test('a failed test is told by name, file and the first lines of its message, without colours', () => {
  const failed = {
    status: 'failed',
    fullName: 'it works',
    failureMessages: ['\u001b[31mexpected 1\u001b[39m\n\n  got 2'],
  };
  const passed = { status: 'passed', fullName: 'other', failureMessages: [] };
  const file = {
    status: 'failed',
    name: join(import.meta.dirname, 'a.test.ts'),
    assertionResults: [passed, failed],
  };
  expect(countVitest(vitest({ numFailedTests: 1 }, [file]), 1).failures).toEqual([
    'it works (e2e/checks/a.test.ts)\nexpected 1\n  got 2',
  ]);
  const spec = { status: 'unexpected', results: [{ errors: [{ message: 'no button' }] }] };
  expect(countPlaywright(playwright({ unexpected: 1 }, [spec]), 1).failures).toEqual([
    'opens (a.spec.ts)\nno button',
  ]);
});

test('vitest: a file that cannot be loaded, an error outside tests and a missing report are failures', () => {
  const file = { status: 'failed', name: '/x/a.test.ts', message: 'no such module', assertionResults: [] };
  const broken = countVitest(vitest({ numPassedTests: 5 }, [file]), 1);
  expect(broken).toMatchObject({ passed: 5, failed: 1 });
  expect(broken.failures).toEqual([
    expect.stringMatching(/^the whole file \(.*a\.test\.ts\)\nno such module$/),
  ]);
  expect(countVitest(vitest({ numPassedTests: 5 }), 1)).toMatchObject({ passed: 5, failed: 1 });
  expect(countVitest(null, 0)).toMatchObject({ passed: 0, failed: 1 });
});

const playwright = (stats: object, tests: object[] = [], errors: object[] = []) => ({
  stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats },
  errors,
  suites: [{ suites: [{ specs: [{ title: 'opens', file: 'a.spec.ts', tests }] }] }],
});

test('Playwright: skipped tests are told by project and reason', () => {
  const skipped = {
    status: 'skipped',
    projectName: 'desktop',
    annotations: [{ type: 'skip', description: 'the Electron runtime is not installed' }],
  };
  const report = playwright({ expected: 3, skipped: 2 }, [skipped, skipped]);
  expect(countPlaywright(report, 0)).toEqual({
    passed: 3,
    failed: 0,
    skipped: 2,
    reasons: { 'desktop: the Electron runtime is not installed': 2 },
    failures: [],
  });
});

test('Playwright: flaky tests, errors outside tests and a missing report are failures', () => {
  expect(countPlaywright(playwright({ expected: 3, flaky: 1 }), 0)).toMatchObject({ passed: 3, failed: 1 });
  expect(countPlaywright(playwright({}, [], [{}]), 1)).toMatchObject({ failed: 1 });
  expect(countPlaywright(playwright({ expected: 1 }), 1)).toMatchObject({ passed: 1, failed: 1 });
  expect(countPlaywright(null, 0)).toMatchObject({ passed: 0, failed: 1 });
});
