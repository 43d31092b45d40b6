import { z } from 'zod';
import { instant, portNumber } from '#shared/model/common.ts';
import { type PullPolicy, registryEvent } from '#shared/model/registry.ts';
import { type GcOptions, gcResult, type StorageLimits, verifyResult } from '#shared/model/storage.ts';

/**
 * What the supervisor and the engine process say to each other. Secrets travel here, never in argv or environment. The
 * engine speaks to strangers, so what it says is checked; what it is told comes from the app it belongs to.
 */

export interface EngineUser {
  name: string;
  /** bcrypt */
  hash: string;
  isAdmin: boolean;
}

export interface EngineRules {
  /** `anyone` on the network may pull, or only who has a login. */
  pull: PullPolicy;
  /** The one challenge of a 401: two in one answer break anonymous docker pulls. */
  challenge: 'bearer' | 'basic';
  /** `name:port` of the registry for clients whose `Host` the certificate does not name. */
  canonicalHost: string;
  /** Names and addresses in the certificate, lower case. */
  certNames: string[];
}

/** The server's chain and its key. */
export interface EngineCertificate {
  certPem: string;
  keyPem: string;
}

/** One-time tags of the probe repository that name one digest, which the nonce makes a new one. */
export interface ProbeBatch {
  nonce: string;
  tags: string[];
}

export interface EngineConfig extends EngineCertificate {
  listen: string;
  /** 0: any free one, told in `ready`. */
  port: number;
  storageRoot: string;
  users: EngineUser[];
  /** base64 */
  tokenKey: string;
  rules: EngineRules;
  /** One-time tags that are outstanding. */
  probes: ProbeBatch[];
  /** Left out: no quota, and the usual reserve. */
  limits?: StorageLimits | undefined;
}

/** Long work on the store. */
export type EngineWork = ({ kind: 'gc' } & GcOptions) | { kind: 'verify' };

export type ToEngine =
  | { type: 'configure'; config: EngineConfig }
  | ({ type: 'certificate' } & EngineCertificate)
  | { type: 'users'; users: EngineUser[] }
  | { type: 'rules'; rules: EngineRules }
  | { type: 'issue'; batch: ProbeBatch }
  | { type: 'withdraw'; tags: string[] }
  | { type: 'limits'; limits: StorageLimits }
  | { type: 'work'; id: string; work: EngineWork }
  | { type: 'cancel'; id: string }
  | { type: 'ping' }
  | { type: 'stop' };

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
