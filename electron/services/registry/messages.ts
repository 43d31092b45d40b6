import { z } from 'zod';
import { instant, portNumber } from '#shared/model/common.ts';
import { pullPolicy, registryEvent } from '#shared/model/registry.ts';
import { gcResult, storageLimits, verifyResult } from '#shared/model/storage.ts';

/** What the supervisor and the engine process say to each other. Secrets travel here, never in argv or environment. */

export const engineUser = z.object({ name: z.string(), hash: z.string(), isAdmin: z.boolean() });
export type EngineUser = z.infer<typeof engineUser>;

export const engineRules = z.object({
  pull: pullPolicy,
  /** The one challenge of a 401. */
  challenge: z.enum(['bearer', 'basic']),
  /** `name:port` for clients whose `Host` is not in the certificate. */
  canonicalHost: z.string(),
  /** Names and addresses in the certificate, lower case. */
  certNames: z.array(z.string()),
});
export type EngineRules = z.infer<typeof engineRules>;

const certificate = { certPem: z.string(), keyPem: z.string() };

/** One-time tags of the probe repository that name one digest, which the nonce makes a new one. */
export const probeBatch = z.object({ nonce: z.string(), tags: z.array(z.string()) });
export type ProbeBatch = z.infer<typeof probeBatch>;

export const engineConfig = z.object({
  listen: z.string(),
  /** 0: any free one, told in `ready`. */
  port: z.union([portNumber, z.literal(0)]),
  ...certificate,
  storageRoot: z.string(),
  users: z.array(engineUser),
  /** base64 */
  tokenKey: z.string(),
  rules: engineRules,
  /** One-time tags that are outstanding. */
  probes: z.array(probeBatch),
  /** Left out: no quota, and the usual reserve. */
  limits: storageLimits.optional(),
});
export type EngineConfig = z.infer<typeof engineConfig>;

/** Long work on the store. */
export const engineWork = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('gc'), isDryRun: z.boolean(), removeUntagged: z.boolean() }),
  z.object({ kind: z.literal('verify') }),
]);
export type EngineWork = z.infer<typeof engineWork>;

export const toEngine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('configure'), config: engineConfig }),
  z.object({ type: z.literal('certificate'), ...certificate }),
  z.object({ type: z.literal('users'), users: z.array(engineUser) }),
  z.object({ type: z.literal('rules'), rules: engineRules }),
  z.object({ type: z.literal('issue'), batch: probeBatch }),
  z.object({ type: z.literal('withdraw'), tags: z.array(z.string()) }),
  z.object({ type: z.literal('limits'), limits: storageLimits }),
  z.object({ type: z.literal('work'), id: z.string(), work: engineWork }),
  z.object({ type: z.literal('cancel'), id: z.string() }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('stop') }),
]);
export type ToEngine = z.infer<typeof toEngine>;

/** The registry's own record of a pull. */
export const pullRecord = z.object({
  at: instant,
  remote: z.string(),
  /** `Host` header the client sent: the name it pulled by. */
  host: z.string(),
  agent: z.string(),
});
export type PullRecord = z.infer<typeof pullRecord>;

export const engineEvent = registryEvent
  .omit({ id: true })
  .extend({ digest: z.string().nullable(), host: z.string() });
export type EngineEvent = z.infer<typeof engineEvent>;

const worked = z.discriminatedUnion('kind', [
  z.object({ type: z.literal('worked'), id: z.string(), kind: z.literal('gc'), result: gcResult }),
  z.object({ type: z.literal('worked'), id: z.string(), kind: z.literal('verify'), result: verifyResult }),
]);

export const fromEngine = z.discriminatedUnion('type', [
  /** The process is up and waits for `configure`. */
  z.object({ type: z.literal('hello') }),
  z.object({ type: z.literal('ready'), port: portNumber }),
  /** `code` is that of the system (EADDRINUSE), LISTEN_EACCES or CERTIFICATE. */
  z.object({ type: z.literal('failed'), code: z.string(), problem: z.string() }),
  z.object({ type: z.literal('events'), events: z.array(engineEvent) }),
  z.object({ type: z.literal('proof'), tag: z.string(), record: pullRecord }),
  z.object({
    type: z.literal('log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
  }),
  /** The store is full, or is so no more. */
  z.object({ type: z.literal('space'), isFull: z.boolean() }),
  z.object({
    type: z.literal('progress'),
    id: z.string(),
    phase: z.enum(['mark', 'sweep', 'verify']),
    done: z.number(),
    total: z.number(),
    unit: z.enum(['items', 'bytes']),
  }),
  worked,
  /** `code` is that of the system, CANCELLED, or BUSY while other work is under way. */
  z.object({ type: z.literal('workFailed'), id: z.string(), code: z.string(), problem: z.string() }),
  z.object({ type: z.literal('pong') }),
]);
export type FromEngine = z.infer<typeof fromEngine>;
