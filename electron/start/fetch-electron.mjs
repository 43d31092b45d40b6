import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, say } from './layout.mjs';

// Runs on Node 24, which the downloader needs. Progress on stderr; on failure one line with the reason on stdout.

const folder = join(root, 'node_modules', 'electron');
const require = createRequire(join(folder, 'install.js'));
const firstByteMs = 10_000;
const silenceMs = 30_000;

/** Ends a download that stands still; a slow one may take its time. */
const createWatch = () => {
  const stop = new AbortController();
  const giveUp = () => stop.abort(new Error('nothing arrived any more'));
  let timer = setTimeout(giveUp, firstByteMs);
  return {
    signal: stop.signal,
    feed() {
      clearTimeout(timer);
      timer = setTimeout(giveUp, silenceMs);
    },
    end: () => clearTimeout(timer),
  };
};

const createProgress = () => {
  let told = -1;
  return ({ transferred, total, percent }) => {
    const step = Math.floor(percent * (process.stderr.isTTY ? 100 : 10));
    if (!total || step === told) return;
    told = step;
    const text = `  Electron ${Math.round(percent * 100)} % of ${Math.round(total / 1e6)} MB (${Math.round(transferred / 1e6)} MB)`;
    if (process.stderr.isTTY) process.stderr.write(`\r${text}${percent >= 1 ? '\n' : ''}`);
    else say(text);
  };
};

const download = async () => {
  const { downloadArtifact } = await import(pathToFileURL(require.resolve('@electron/get')).href);
  const watch = createWatch();
  const progress = createProgress();
  try {
    await downloadArtifact({
      version: require('./package.json').version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.arch,
      checksums: require('./checksums.json'),
      downloadOptions: {
        quiet: true,
        signal: watch.signal,
        getProgressCallback: (state) => {
          watch.feed();
          progress(state);
        },
      },
    });
  } finally {
    watch.end();
  }
};

/** Finds the download in its cache and unpacks it. */
const unpack = () =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(folder, 'install.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(output.trim().split('\n')[0] || `install.js ended with ${code}`)),
    );
  });

const innermost = (error) => (error?.cause instanceof Error ? innermost(error.cause) : error);

try {
  await download();
  await unpack();
} catch (error) {
  const { message, code } = innermost(error);
  process.stdout.write(`${message || code || 'unknown reason'}\n`);
  process.exitCode = 1;
}
