#!/usr/bin/env node
import { join } from 'node:path';
import { dist, runMain, SetupError } from '../start/layout.mjs';
import { runOnNode24 } from '../start/on-node24.mjs';
import { prepare } from '../start/setup.mjs';

const args = process.argv.slice(2);

/** Under --json even a failed build is one document on stdout. */
const tellSetupFailure = (error) => {
  const isExpected = error instanceof SetupError || error.code === 'EACCES' || error.code === 'EROFS';
  if (args.includes('--json')) {
    const next = 'Correct what stderr shows, then try again.';
    process.stdout.write(
      `${JSON.stringify({ error: { code: 'SETUP_FAILED', title: error.message, next } })}\n`,
    );
  }
  throw isExpected ? new SetupError(error.message) : error;
};

runMain(async () => {
  const node = await prepare().catch(tellSetupFailure);
  await runOnNode24(node, join(dist, 'electron', 'cli.js'), args);
});
