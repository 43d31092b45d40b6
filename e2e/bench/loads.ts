import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { type Address, type Answer, type Connection, openConnection } from './connection.ts';
import { type Content, createContent } from './content.ts';

/** What clients do to a registry. Each fails when an answer is not the one expected. */

export const repository = 'bench/load';
export const tagged = 'bench/tags';

const expectStatus = (answer: Answer, status: number, what: string): Answer => {
  if (answer.status !== status) throw new Error(`${what} answered ${answer.status}, not ${status}`);
  return answer;
};

const withConnection = async <T>(
  address: Address,
  work: (connection: Connection) => Promise<T>,
): Promise<T> => {
  const connection = await openConnection(address);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
};

/** Runs work on every item, so many at a time, each lane on one connection of its own. */
const inLanes = async <T>(
  address: Address,
  lanes: number,
  items: T[],
  work: (connection: Connection, item: T) => Promise<void>,
): Promise<void> => {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: lanes }, () =>
      withConnection(address, async (connection) => {
        for (const item of queue) await work(connection, item);
      }),
    ),
  );
};

export const startUpload = async (connection: Connection): Promise<string> => {
  const answer = await connection.ask('POST', `/v2/${repository}/blobs/uploads/`);
  const { pathname, search } = new URL(
    expectStatus(answer, 202, 'POST').headers.location ?? '',
    'https://localhost',
  );
  return pathname + search;
};
export const closing = (path: string, digest: string) =>
  `${path}${path.includes('?') ? '&' : '?'}digest=${digest}`;
export const binary = { 'Content-Type': 'application/octet-stream' };

const put = async (connection: Connection, content: Content): Promise<void> => {
  const path = closing(await startUpload(connection), content.digest);
  expectStatus(await connection.ask('PUT', path, { headers: binary, body: content.parts }), 201, 'PUT');
};

/** One blob in the body of the closing PUT, as containerd pushes. */
export const pushWhole = (address: Address, content: Content): Promise<void> =>
  withConnection(address, (connection) => put(connection, content));

/** One blob by a PATCH in chunked coding and an empty PUT, as docker and podman push. */
export const pushStreamed = (address: Address, content: Content): Promise<void> =>
  withConnection(address, async (connection) => {
    const patch = await connection.ask('PATCH', await startUpload(connection), {
      headers: binary,
      body: content.parts,
      isChunked: true,
    });
    const { location = '' } = expectStatus(patch, 202, 'PATCH').headers;
    const { pathname, search } = new URL(location, 'https://localhost');
    expectStatus(await connection.ask('PUT', closing(pathname + search, content.digest)), 201, 'PUT');
  });

export const pushMany = (address: Address, contents: Content[], lanes: number): Promise<void> =>
  inLanes(address, lanes, contents, put);

/**
 * Downloads by curl, so many at once: what a client in JavaScript spends on decryption would be most of what is measured.
 * The token goes in by stdin.
 * @returns seconds each took
 */
const download = async (address: Address, contents: Content[], parallel: number): Promise<number[]> => {
  const { port, caFile, authorization } = address;
  const blobs = `https://localhost:${port}/v2/${repository}/blobs/`;
  const settings = [
    'silent\nshow-error\nno-progress-meter\nfail\nno-compressed\nparallel\nparallel-immediate',
    `parallel-max = ${parallel}\ncacert = ${JSON.stringify(caFile)}`,
    ...(authorization === null ? [] : [`header = "Authorization: ${authorization}"`]),
    String.raw`write-out = "%{size_download} %{time_total}\n"`,
    ...contents.map(({ digest }) => `url = "${blobs}${digest}"\noutput = /dev/null`),
  ];
  const child = spawn('curl', ['--config', '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(settings.join('\n'));
  const [lines, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const answers = lines
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  if (code !== 0 || answers.length !== contents.length) throw new Error(`curl ended with ${code}`);
  const sizes = (found: number[]) => found.toSorted((a, b) => a - b).join();
  if (sizes(answers.map(([size = 0]) => size)) !== sizes(contents.map(({ size }) => size)))
    throw new Error('a blob came short');
  return answers.map(([, seconds = Number.NaN]) => seconds);
};

/** Different blobs over so many connections. */
export const pullMany = async (address: Address, contents: Content[], lanes: number): Promise<void> =>
  void (await download(address, contents, lanes));

/** The same blob on so many connections at once. @returns seconds each took */
export const pullTogether = (address: Address, content: Content, times: number): Promise<number[]> =>
  download(
    address,
    Array.from({ length: times }, () => content),
    times,
  );

/** A small image with one layer, tagged. @returns its digest */
export const pushImage = async (address: Address, tag: string): Promise<string> => {
  const layer = createContent(4096);
  const config = createContent(512);
  await pushMany(address, [layer, config], 1);
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const describe = ({ digest, size }: Content, mediaType: string) => ({ mediaType, digest, size });
  const body = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: describe(config, 'application/vnd.oci.image.config.v1+json'),
      layers: [describe(layer, 'application/vnd.oci.image.layer.v1.tar')],
    }),
  );
  const answer = await withConnection(address, (connection) =>
    connection.ask('PUT', `/v2/${repository}/manifests/${tag}`, {
      headers: { 'Content-Type': type },
      body: [body],
    }),
  );
  return expectStatus(answer, 201, 'PUT manifest').headers['docker-content-digest'] ?? '';
};

const acceptManifests = { Accept: 'application/vnd.oci.image.manifest.v1+json' };

/** Asks for one manifest again and again until told to stop. @returns seconds of each request */
export const askManifest = async (
  address: Address,
  method: 'GET' | 'HEAD',
  tag: string,
  connections: number,
  isOver: () => boolean,
): Promise<number[]> => {
  const seconds: number[] = [];
  await Promise.all(
    Array.from({ length: connections }, () =>
      withConnection(address, async (connection) => {
        while (!isOver()) {
          const begun = performance.now();
          const path = `/v2/${repository}/manifests/${tag}`;
          expectStatus(await connection.ask(method, path, { headers: acceptManifests }), 200, method);
          seconds.push((performance.now() - begun) / 1000);
        }
      }),
    ),
  );
  return seconds;
};

/** @returns seconds of each of so many lists of all tags, one after the other on one connection */
export const listTags = (address: Address, times: number, expected: number): Promise<number[]> =>
  withConnection(address, async (connection) => {
    const seconds: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const begun = performance.now();
      const answer = await connection.ask('GET', `/v2/${tagged}/tags/list`, { keeps: true });
      seconds.push((performance.now() - begun) / 1000);
      const { tags } = JSON.parse(answer.body.toString('utf8')) as { tags?: string[] };
      if (tags?.length !== expected)
        throw new Error(`tags/list named ${tags?.length ?? 0} tags, not ${expected}`);
    }
    return seconds;
  });

const run = promisify(execFile);

/** Takes one blob's file out of the page cache, and of no other file (posix_fadvise DONTNEED by GNU dd). */
export const forgetCached = async (root: string, content: Content): Promise<void> => {
  const hex = content.digest.slice('sha256:'.length);
  const file = join(root, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
  await run('dd', [`if=${file}`, 'of=/dev/null', 'iflag=nocache', 'count=0', 'status=none']);
};
