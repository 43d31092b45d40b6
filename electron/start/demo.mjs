import { join } from 'node:path';
import { dist, runMain } from './layout.mjs';
import { runOnNode24 } from './on-node24.mjs';
import { prepare } from './setup.mjs';

// `npm run demo [-- --devices N]`
runMain(async () => {
  const node = await prepare();
  await runOnNode24(node, join(dist, 'electron', 'cli.js'), [
    'demo',
    'run',
    '--open',
    ...process.argv.slice(2),
  ]);
});
