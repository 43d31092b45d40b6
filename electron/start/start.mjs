import { join } from 'node:path';
import { runDesktop } from './desktop.mjs';
import { dist, runMain, say } from './layout.mjs';
import { runOnNode24 } from './on-node24.mjs';
import { prepare } from './setup.mjs';

/** Flags of `mooring serve`; what else was given is for Electron and Chromium. */
const serveFlags = (args) =>
  args.filter((arg, index) => {
    const isOurs = (one) => /^--(data|port)(=|$)/.test(one ?? '') || one === '--take-over';
    return isOurs(arg) || /^--(data|port)$/.test(args[index - 1] ?? '');
  });

// `npm start [-- --serve] [-- --data DIR]`
runMain(async () => {
  const args = process.argv.slice(2);
  const node = await prepare();
  if (!args.includes('--serve')) {
    const { reason, code } = await runDesktop(node, args);
    if (reason === undefined) return code;
    say(`No desktop window: ${reason}. Going on in the browser.`);
  }
  await runOnNode24(node, join(dist, 'electron', 'cli.js'), ['serve', '--open', ...serveFlags(args)]);
  return undefined;
});
