import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dist, root, runMain, say, SetupError } from './layout.mjs';
import { isNode24, runOnNode24 } from './on-node24.mjs';
import { prepare } from './setup.mjs';

/** Starts the serve host and waits until it tells where it is. */
const startServe = (args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(dist, 'electron', 'cli.js'), 'serve', '--json', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: child.stdout }).once('line', (line) =>
      resolve({ child, place: JSON.parse(line) }),
    );
    child.once('exit', () => reject(new SetupError('The serve host ended; its output is above.')));
  });

/**
 * The dev server stands in for the page's own origin, so it is the one to let in: it shows the endpoint token, and only for
 * pages that came from itself.
 */
const proxyTo = ({ port, dataDir }, devOrigin) => {
  const { token } = JSON.parse(readFileSync(join(dataDir, 'endpoint.json'), 'utf8'));
  const target = `http://127.0.0.1:${port}`;
  return {
    target,
    ws: true,
    changeOrigin: true,
    headers: { authorization: `Bearer ${token}`, origin: target },
    configure: (proxy) => {
      proxy.on('proxyReqWs', (_call, request, socket) => {
        if (request.headers.origin !== devOrigin) socket.destroy();
      });
    },
  };
};

const serveDev = async (args) => {
  const { createServer } = await import('vite');
  const { child, place } = await startServe(args);
  const port = 5173;
  const origin = `http://127.0.0.1:${port}`;
  const server = await createServer({
    configFile: join(root, 'renderer', 'vite.config.ts'),
    server: { host: '127.0.0.1', port, strictPort: true, proxy: { '/rpc': proxyTo(place, origin) } },
  });
  await server.listen();
  say('The page reloads when its sources change; changes of the app itself need a new start.');
  process.stdout.write(`${origin}/\n`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('exit', () => void server.close().then(() => process.exit()));
};

// `npm run dev [-- --data DIR]`
runMain(async () => {
  const args = process.argv.slice(2);
  const node = await prepare();
  await (isNode24() ? serveDev(args) : runOnNode24(node, process.argv[1], args));
});
