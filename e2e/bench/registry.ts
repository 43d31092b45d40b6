import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { locate, paths } from '#electron/paths.ts';
import { createContent } from './content.ts';
import { createFigures, type Figures } from './figures.ts';
import { lines } from './lines.ts';
import { repository, tagged } from './loads.ts';
import { readBack } from './read-back.ts';
import { type Material, play, scenes, withNeeds } from './scenes.ts';
import { type Server, startOurs, startTheirs } from './servers.ts';

/*
 * Our built engine beside Debian's docker-registry: npm run bench (README.md beside this file)
 */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Divides every size, count and time. */
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
    /** Another build of the engine than the one in `dist`. */
    engine: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const MiB = 1024 * 1024;
const scale = Number(values.scale);
const chosen = values.only?.split(',') ?? Object.keys(scenes);
const engine = resolve(values.engine ?? locate(join(paths.root, 'dist', 'electron')).engine);

const sized = (size: number) => createContent(Math.max(1, Math.round(size / scale / MiB)) * MiB);
const counted = (count: number) => Math.max(1, Math.round(count / scale));
const gather = (): Material => ({
  whole: sized(1024 * MiB),
  streamed: sized(1024 * MiB),
  layer: sized(64 * MiB),
  small: Array.from({ length: counted(2000) }, () => createContent(16 * 1024)),
  tags: counted(10_000),
  manifestSeconds: 3 / Math.sqrt(scale),
  downloads: { few: 50, fleet: 200 },
});

/** Written as both engines store them; pushing them would take longer than everything else. */
const writeTags = async (root: string, count: number): Promise<void> => {
  const folder = join(root, 'docker/registry/v2/repositories', tagged, '_manifests/tags');
  for (let tag = 0; tag < count; tag += 1) {
    const current = join(folder, `v${String(tag).padStart(5, '0')}`, 'current');
    await mkdir(current, { recursive: true });
    await writeFile(join(current, 'link'), `sha256:${'0'.repeat(64)}`);
  }
};

/** Starts on a folder that has been served before, as on every day but the first; without the watch on the loop. */
const measureColdStarts = async (folder: string, figures: Figures): Promise<void> => {
  for (let start = 0; start < 6; start += 1) {
    for (const begin of [
      () => startOurs(join(folder, 'start-ours'), engine, [], false),
      () => startTheirs(join(folder, 'start-theirs')),
    ]) {
      const server = await begin();
      if (start > 0) figures.add(server.name, 'start', server.coldStart * 1000);
      await server.stop();
    }
  }
};

/** Small files stay until the end: on ext4 without a journal, files are made more slowly for minutes after many were removed. */
const removeLarge = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await stat(path)).size >= MiB) await rm(path);
  }
};

const playRound = async (round: number, folder: string, figures: Figures): Promise<void> => {
  const servers: Server[] = [];
  try {
    await measureColdStarts(folder, figures);
    const material = gather();
    const roots = { ours: join(folder, 'ours'), theirs: join(folder, 'theirs') };
    for (const root of Object.values(roots)) await writeTags(root, material.tags);
    servers.push(await startOurs(roots.ours, engine, [repository, tagged]), await startTheirs(roots.theirs));
    // Who goes first changes from round to round.
    await play(withNeeds(chosen), round % 2 === 0 ? servers : servers.toReversed(), material, figures);
    for (const { name, root } of servers) {
      process.stderr.write(`  ${await readBack(root)} blobs of ${name} read back and hashed\n`);
    }
  } finally {
    for (const server of servers) await server.stop();
    await removeLarge(folder);
  }
};

const unknown = chosen.filter((name) => !(name in scenes));
if (unknown.length > 0)
  throw new Error(`no scene ${unknown.join(', ')}; there are ${Object.keys(scenes).join(', ')}`);
const figures = createFigures();
const folder = await mkdtemp(join(resolve(values.folder), 'mooring-bench-'));
try {
  for (let round = 0; round < Number(values.rounds); round += 1) {
    process.stderr.write(`round ${round + 1} of ${values.rounds}\n`);
    await playRound(round, join(folder, String(round)), figures);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(
  `\nmedians of ${values.rounds}${scale === 1 ? '' : `, sizes and counts divided by ${scale}`}\n`,
);
process.stdout.write(`${figures.print(lines)}\n`);
