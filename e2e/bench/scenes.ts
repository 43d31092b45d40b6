import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runBulk } from './bulk.ts';
import type { Content } from './content.ts';
import type { Figures } from './figures.ts';
import {
  askManifest,
  forgetCached,
  listTags,
  pullMany,
  pullTogether,
  pushImage,
  pushMany,
  pushStreamed,
  pushWhole,
  tagged,
} from './loads.ts';
import { type Cost, measure, median, p99, pssMegabytes } from './measure.ts';
import type { Server } from './servers.ts';

/** What one round pushes to both servers. */
export interface Material {
  whole: Content;
  streamed: Content;
  layer: Content;
  small: Content[];
  tags: number;
  /** Seconds that requests for a manifest go on. */
  manifestSeconds: number;
  downloads: { few: number; fleet: number };
}

type Add = (id: string, value: number) => void;
type Scene = (server: Server, material: Material, add: Add) => Promise<void>;

const cost = (add: Add, id: string, { wall, cpu, memory }: Cost<unknown>): void => {
  add(id, wall);
  add(`${id}.cpu`, cpu);
  add(`${id}.memory`, memory);
};

const watchDelay = async <T>(server: Server, add: Add, id: string, work: () => Promise<T>): Promise<T> => {
  await server.loopDelay();
  const result = await work();
  const delay = await server.loopDelay();
  if (delay !== null) add(`delay.${id}`, delay);
  return result;
};

const upload: Scene = async (server, { whole }, add) => {
  const put = () => measure(server.pid, () => pushWhole(server.address, whole));
  cost(add, 'put', await watchDelay(server, add, 'put', put));
};

const stream: Scene = async (server, { streamed }, add) =>
  cost(add, 'patch', await measure(server.pid, () => pushStreamed(server.address, streamed)));

const download: Scene = async (server, { whole }, add) => {
  const get = () => measure(server.pid, () => pullTogether(server.address, whole, 1));
  await pullTogether(server.address, whole, 1);
  cost(add, 'get', await get());
  await forgetCached(server.root, whole);
  cost(add, 'cold', await get());
};

const fleet: Scene = async (server, { layer, downloads }, add) => {
  await pushWhole(server.address, layer);
  cost(add, 'fifty', await measure(server.pid, () => pullTogether(server.address, layer, downloads.few)));
  const get = () => measure(server.pid, () => pullTogether(server.address, layer, downloads.fleet));
  const found = await watchDelay(server, add, 'fleet', get);
  cost(add, 'fleet', found);
  add('fleet.p99', p99(found.result));
};

const small: Scene = async (server, material, add) => {
  cost(add, 'small.push', await measure(server.pid, () => pushMany(server.address, material.small, 16)));
  cost(add, 'small.pull', await measure(server.pid, () => pullMany(server.address, material.small, 16)));
};

const manifests: Scene = async (server, { manifestSeconds }, add) => {
  await pushImage(server.address, 'latest');
  for (const [id, method] of [['head', 'HEAD'] as const, ['manifest', 'GET'] as const]) {
    // The first second compiles; it counts for neither.
    const until = (end: number) => () => performance.now() > end;
    await askManifest(server.address, method, 'latest', 64, until(performance.now() + manifestSeconds * 250));
    const begun = performance.now();
    const seconds = await askManifest(
      server.address,
      method,
      'latest',
      64,
      until(begun + manifestSeconds * 1000),
    );
    add(id, seconds.length / ((performance.now() - begun) / 1000));
  }
};

const lists: Scene = async (server, { tags }, add) => {
  const folder = join(server.root, 'docker/registry/v2/repositories', tagged, '_manifests/tags');
  const first: number[] = [];
  for (let time = 0; time < 5; time += 1) {
    await utimes(folder, new Date(), new Date());
    first.push(...(await listTags(server.address, 1, tags)));
  }
  add('tags.first', median(first) * 1000);
  // What has just changed is not remembered.
  await setTimeout(200);
  await listTags(server.address, 1, tags);
  add('tags.cached', median(await listTags(server.address, 20, tags)) * 1000);
};

const mixed: Scene = async (server, { layer, whole, downloads }, add) => {
  let isOver = false;
  const heads = askManifest(server.address, 'HEAD', 'latest', 4, () => isOver);
  const work = { address: server.address, content: { ...layer, parts: [] }, uploadSize: whole.size };
  const load = () => runBulk({ ...work, downloads: downloads.few });
  const result = await watchDelay(server, add, 'mixed', load).finally(() => {
    isOver = true;
  });
  add('mixed.downloads', result.downloads);
  add('mixed.upload', result.upload);
  add('mixed.head', p99(await heads) * 1000);
};

const rest: Scene = async (server, _material, add) => add('rest', pssMegabytes(server.pid));

export const scenes: Record<string, Scene> = {
  rest,
  upload,
  stream,
  download,
  fleet,
  small,
  manifests,
  lists,
  mixed,
};

/** Scenes that read what an earlier one pushed. */
const needs: Record<string, string[]> = { download: ['upload'], mixed: ['fleet', 'manifests'] };

/** The scenes of that name with those they need, in the order of the table. */
export const withNeeds = (names: string[]): string[] => {
  const wanted = new Set(names.flatMap((name) => [name, ...(needs[name] ?? [])]));
  return Object.keys(scenes).filter((name) => wanted.has(name));
};

/** Runs the scenes one after the other, each on all servers in the order given. */
export const play = async (
  names: string[],
  servers: Server[],
  material: Material,
  figures: Figures,
): Promise<void> => {
  for (const name of names) {
    for (const server of servers) {
      await server.renewLogin();
      process.stderr.write(`  ${name} (${server.name})\n`);
      await scenes[name]?.(server, material, (id, value) => figures.add(server.name, id, value));
    }
  }
};
