import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import bcrypt from 'bcryptjs';
import { testCertificate } from '#electron/services/registry/certificate.fixture.ts';
import { forkEngine } from '#electron/services/registry/fork.ts';
import { type EngineConfig, fromEngine } from '#electron/services/registry/messages.ts';
import { type Address, openConnection } from './connection.ts';

/** A registry under test. */
export interface Server {
  name: 'ours' | 'theirs';
  pid: number;
  address: Address;
  /** Folder that holds `docker/registry/v2`. */
  root: string;
  /** Replaces the token, which lives for minutes only. */
  renewLogin(): Promise<void>;
  /** Seconds from the start of the process to the first answer. */
  coldStart: number;
  /** 99th percentile of the event loop's delay since the last call, in ms; null when it has no such loop. */
  loopDelay(): Promise<number | null>;
  stop(): Promise<void>;
}

const certificate = testCertificate();
const user = 'bench';
const password = 'a password of the benchmark';
const passwordHash = bcrypt.hashSync(password, 4);

/**
 * A port that nobody listens on, below those that clients connect from: a client that tries one of these before the server
 * listens may get it for itself, and is then connected to itself.
 */
const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
};

/** Tried again at once while the port is closed, without TLS: its handshakes would compete with the server that starts. */
const untilOpen = async (port: number, begun: number): Promise<void> => {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1' });
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (performance.now() - begun > 20_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    } finally {
      socket.destroy();
    }
  }
};

/** Seconds until `/v2/` answers. */
const firstAnswer = async (address: Address, begun: number): Promise<number> => {
  await untilOpen(address.port, begun);
  const connection = await openConnection(address);
  await connection.ask('GET', '/v2/');
  connection.close();
  return (performance.now() - begun) / 1000;
};

const fetchToken = async (address: Address, repositories: string[]): Promise<string> => {
  const scopes = repositories.map((name) => `scope=repository:${name}:pull,push`).join('&');
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const connection = await openConnection({ ...address, authorization: basic });
  const answer = await connection.ask('GET', `/token?service=mooring-registry&${scopes}`, { keeps: true });
  connection.close();
  const { token } = JSON.parse(answer.body.toString('utf8')) as { token?: string };
  if (!token) throw new Error(`the token end-point answered ${answer.status}`);
  return `Bearer ${token}`;
};

/** A module that runs the engine and prints the 99th percentile of its loop's delay in ms at a signal, then begins anew. */
const watched = (engine: string): string => `
import { monitorEventLoopDelay } from 'node:perf_hooks';
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('SIGUSR2', () => {
  process.stdout.write(delay.percentile(99) / 1e6 + '\\n');
  delay.reset();
});
await import(${JSON.stringify(pathToFileURL(engine).href)});
`;

const engineConfig = (root: string, port: number): EngineConfig => ({
  listen: '::',
  port,
  ...certificate,
  storageRoot: root,
  users: [{ name: user, hash: passwordHash, isAdmin: true }],
  tokenKey: Buffer.alloc(32, 1).toString('base64'),
  rules: {
    pull: 'login',
    challenge: 'bearer',
    canonicalHost: `localhost:${port}`,
    certNames: ['localhost', '127.0.0.1'],
  },
  probes: [],
});

/** Runs the engine and configures it; its lines go to whoever asked for the next one. */
const launch = (entry: string, config: EngineConfig) => {
  const child = forkEngine(entry)();
  const asked: ((line: string) => void)[] = [];
  child.onLog((line) => {
    const listener = asked.shift();
    if (listener) listener(line);
    else process.stderr.write(`engine: ${line}\n`);
  });
  child.onMessage((raw) => {
    const message = fromEngine.parse(raw);
    if (message.type === 'hello') child.send({ type: 'configure', config });
    if (message.type === 'failed') process.stderr.write(`engine: ${message.code} ${message.problem}\n`);
  });
  const ended = new Promise<void>((resolve) => child.onExit(() => resolve()));
  if (child.pid === undefined) throw new Error('the engine did not start');
  const nextLine = () => new Promise<string>((resolve) => asked.push(resolve));
  return { child, pid: child.pid, ended, nextLine };
};

/**
 * Starts our engine with the app's own memory settings, behind token auth.
 * @param engine the engine's main module
 * @param isWatched measures the event loop's delay too; not for cold starts
 */
export const startOurs = async (
  root: string,
  engine: string,
  repositories: string[],
  isWatched = true,
): Promise<Server> => {
  await mkdir(root, { recursive: true });
  const file = (name: string) => join(root, name);
  const wrapper = file('watched.mjs');
  await writeFile(wrapper, watched(engine));
  await writeFile(file('cert.pem'), certificate.certPem);
  const port = await freePort();
  const begun = performance.now();
  const { child, pid, ended, nextLine } = launch(isWatched ? wrapper : engine, engineConfig(root, port));
  const address: Address = { port, ca: certificate.certPem, caFile: file('cert.pem'), authorization: null };
  const coldStart = await firstAnswer(address, begun);
  return {
    name: 'ours',
    pid,
    address,
    root,
    coldStart,
    async renewLogin() {
      address.authorization = await fetchToken(address, repositories);
    },
    async loopDelay() {
      const line = nextLine();
      process.kill(pid, 'SIGUSR2');
      return Number(await line);
    },
    async stop() {
      child.send({ type: 'stop' });
      await ended;
    },
  };
};

/** Debian's docker-registry with its packaged settings but for TLS, and without a login and an access log. */
export const startTheirs = async (root: string): Promise<Server> => {
  const port = await freePort();
  await mkdir(root, { recursive: true });
  const file = (name: string) => join(root, name);
  await writeFile(file('cert.pem'), certificate.certPem);
  await writeFile(file('key.pem'), certificate.keyPem, { mode: 0o600 });
  await writeFile(
    file('config.yml'),
    [
      'version: 0.1',
      'log: {level: error, accesslog: {disabled: true}}',
      'storage:',
      '  cache: {blobdescriptor: inmemory}',
      `  filesystem: {rootdirectory: ${JSON.stringify(root)}}`,
      '  delete: {enabled: true}',
      'http:',
      `  addr: 127.0.0.1:${port}`,
      `  tls: {certificate: ${JSON.stringify(file('cert.pem'))}, key: ${JSON.stringify(file('key.pem'))}}`,
      '',
    ].join('\n'),
  );
  const begun = performance.now();
  const child: ChildProcess = spawn('docker-registry', ['serve', file('config.yml')], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  // Ours ends with its parent; this one would stay behind a benchmark that failed.
  process.once('exit', () => child.kill());
  const address: Address = { port, ca: certificate.certPem, caFile: file('cert.pem'), authorization: null };
  const coldStart = await firstAnswer(address, begun);
  const { pid } = child;
  if (pid === undefined) throw new Error('docker-registry did not start');
  return {
    name: 'theirs',
    pid,
    address,
    root,
    coldStart,
    renewLogin: async () => undefined,
    loopDelay: async () => null,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
};
