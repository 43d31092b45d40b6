import { constants } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type {
  EngineCertificate,
  EngineConfig,
  EngineRules,
  EngineUser,
  FromEngine,
  ProbeBatch,
} from '../messages.ts';
import type { StorageLimits } from '#shared/model/storage.ts';
import { tlsAlgorithms } from '#electron/algorithms.ts';
import { createAuth } from './auth/index.ts';
import { answerMalformed } from './http/malformed.ts';
import { type Pace, usualPace } from './http/pace.ts';
import { createRequestLog } from './http/request-log.ts';
import { createOutbox } from './outbox.ts';
import { createProbes } from './probes.ts';
import { createPulls } from './pulls.ts';
import type { Context } from './routes/context.ts';
import { answer } from './routes/index.ts';
import { seed } from './seed/index.ts';
import { openStorage } from './storage/index.ts';
import { createWork, type Work } from './work.ts';

/** The registry itself, without the process around it. */
export interface Engine {
  /** Where it listens. */
  port: number;
  setCertificate(certificate: EngineCertificate): void;
  setUsers(users: EngineUser[]): void;
  setRules(rules: EngineRules): void;
  issue(batch: ProbeBatch): void;
  withdraw(tags: string[]): void;
  setLimits(limits: StorageLimits): void;
  work: Work;
  /** Answers what is under way for at most `graceMs`, then cuts every connection. */
  close(graceMs: number): Promise<void>;
}

/** What tests make smaller, or otherwise. */
export interface EngineOptions {
  /** Makes the server that is to listen; tests speak plain HTTP too. */
  open: (config: EngineConfig) => Server;
  /** A connection in whose requests and answers nothing moves for this long is cut, milliseconds. */
  idleMs: number;
  pace: Pace;
  /** How long events are gathered before they are told, milliseconds; 0: each is told at once. */
  gatherMs: number;
}

/** A connection that says nothing for this long is gone; verifying a large blob is silent too. */
const usualIdleMs = 300_000;
const usualGatherMs = 20;
const keepAliveMs = 65_000;
/** A fleet of a thousand devices with four connections each. */
const maxConnections = 4096;
/** Between looks for abandoned uploads. */
const tidyMs = 3600 * 1000;

/** AES of 128 bits comes first, as in servers written in Go: many downloads cost an eighth less than with 256. */
const tls = ({ certPem, keyPem }: EngineCertificate) => ({
  cert: certPem,
  key: keyPem,
  ...tlsAlgorithms,
  // A device without AES in its processor, as a Raspberry Pi 4, names ChaCha20 first: then it gets that.
  ciphers: `${tlsAlgorithms.ciphers}:TLS_CHACHA20_POLY1305_SHA256`,
  secureOptions: constants.SSL_OP_CIPHER_SERVER_PREFERENCE | constants.SSL_OP_PRIORITIZE_CHACHA,
});

const openServer = (config: EngineConfig): SecureServer => {
  try {
    return createServer({
      ...tls(config),
      ALPNProtocols: ['http/1.1'],
      noDelay: true,
      keepAlive: true,
      keepAliveTimeout: keepAliveMs,
      // An upload may take hours on a slow link; only silence ends a connection.
      requestTimeout: 0,
      headersTimeout: 30_000,
      maxHeaderSize: 32 * 1024,
      // A client that begins a handshake and says no more.
      handshakeTimeout: 20_000,
    });
  } catch (error) {
    throw Object.assign(new Error('the certificate cannot be used', { cause: error }), {
      code: 'CERTIFICATE',
    });
  }
};

/** Without an address Node takes all of IPv6 and IPv4, or of IPv4 alone on a system without IPv6. */
const listen = ({ port, listen: host }: EngineConfig, server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      // The same code of the system means something else when it comes from the store.
      const isReserved = error.code === 'EACCES';
      reject(
        isReserved ? Object.assign(new Error('the port is reserved'), { code: 'LISTEN_EACCES' }) : error,
      );
    };
    server.once('error', failed);
    server.listen(host === '::' ? { port } : { port, host }, () => {
      server.off('error', failed);
      resolve();
    });
  });

const closeServer = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });

/**
 * Opens the store, seeds it and serves.
 * @throws an Error with the system's `code` when listening fails, CERTIFICATE when the certificate cannot be used
 */
export const startEngine = async (
  config: EngineConfig,
  tell: (message: FromEngine) => void,
  options: Partial<EngineOptions> = {},
): Promise<Engine> => {
  const { open = openServer, idleMs = usualIdleMs, pace = usualPace, gatherMs = usualGatherMs } = options;
  const server = open(config);
  server.setTimeout(idleMs);
  server.maxConnections = maxConnections;
  const onFull = (isFull: boolean) => tell({ type: 'space', isFull });
  const storage = await openStorage(config.storageRoot, { onFull });
  if (config.limits) storage.space.setLimits(config.limits);
  const work = createWork(storage, tell);
  const auth = createAuth({
    key: Buffer.from(config.tokenKey, 'base64'),
    rules: config.rules,
    users: config.users,
  });
  const probes = createProbes((tag, record) => tell({ type: 'proof', tag, record }));
  config.probes.forEach(probes.issue);
  const requests = createRequestLog(tell);
  const outbox = createOutbox(tell, gatherMs);
  const context: Context = {
    storage,
    auth,
    probes,
    pace,
    requests,
    pulls: createPulls(outbox.add),
    report: outbox.add,
  };
  const serve = (request: IncomingMessage, response: ServerResponse) =>
    void answer(context, request, response).then(() => {
      if (response.statusCode === 507) storage.space.refused();
    });
  server.on('request', serve);
  // An expectation nobody knows is no reason to leave the form of the specification.
  server.on('checkExpectation', serve);
  server.on('clientError', (error, socket) => answerMalformed(error, socket, requests));
  await seed(storage);
  await listen(config, server);
  const tidy = () =>
    void storage.tidy().catch((error: unknown) => {
      tell({ type: 'log', level: 'warn', message: 'tidying failed', details: { error: String(error) } });
    });
  tidy();
  const tidying = setInterval(tidy, tidyMs).unref();

  return {
    port: (server.address() as AddressInfo).port,
    setCertificate(certificate) {
      if (server instanceof SecureServer) server.setSecureContext(tls(certificate));
    },
    setUsers: auth.setUsers,
    setRules: auth.setRules,
    issue: probes.issue,
    withdraw: probes.withdraw,
    setLimits: storage.space.setLimits,
    work,
    async close(graceMs) {
      clearInterval(tidying);
      work.close();
      await closeServer(server, graceMs);
      outbox.flush();
    },
  };
};
