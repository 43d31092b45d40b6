import { z } from 'zod';
import { appErrorData } from '../errors.ts';
import { instant, portNumber } from './common.ts';

/** Who may pull without a login. */
export const pullPolicy = z.enum(['anyone', 'login'], { error: 'choose anyone or login' });
export type PullPolicy = z.infer<typeof pullPolicy>;

export const registryStatus = z.object({
  state: z.enum(['absent', 'stopped', 'starting', 'serving', 'restarting', 'failed']),
  /** When `state` was entered. */
  since: instant,
  url: z.string(),
  port: portNumber,
  /** `0.0.0.0`/`::` mean all interfaces. */
  listen: z.string(),
  pull: pullPolicy,
  pid: z.int().nullable(),
  /** Unexpected ends since the app started. */
  restarts: z.int(),
  error: appErrorData.nullable(),
  /** Bytes the store holds, and free bytes on its disk. */
  usedBytes: z.int().nullable(),
  freeBytes: z.int().nullable(),
});
export type RegistryStatus = z.infer<typeof registryStatus>;

/** What happened at the registry, newest first in lists. */
export const registryEvent = z.object({
  id: z.int(),
  at: instant,
  action: z.enum(['pull', 'push', 'delete', 'login', 'denied']),
  repository: z.string(),
  reference: z.string(),
  digest: z.string().nullable(),
  /** Address of the client. */
  remote: z.string(),
  /** Null: anonymous. */
  user: z.string().nullable(),
  agent: z.string(),
  /** `X-Request-Id` of the answer; events of older versions have none. */
  requestId: z.string().optional(),
});
export type RegistryEvent = z.infer<typeof registryEvent>;

/** A port as the wizard and Home show it. */
export const portCheck = z.object({
  port: portNumber,
  isFree: z.boolean(),
  /** Name of the program that holds it, when the system says so. */
  holder: z.string().nullable(),
  /** A free port to use instead. */
  proposal: portNumber.nullable(),
});
export type PortCheck = z.infer<typeof portCheck>;

/** Whether the port answers through each LAN address, and the exact remedy for this system's firewall. */
export const reachCheck = z.object({
  addresses: z.array(z.object({ address: z.string(), isReachable: z.boolean(), problem: z.string() })),
  /** Name of the active firewall, null when none was found. */
  firewall: z.string().nullable(),
  /** One command a person can copy; empty when nothing needs to be done. */
  remedy: z.string(),
});
export type ReachCheck = z.infer<typeof reachCheck>;

export const registryUser = z.object({ name: z.string(), isAdmin: z.boolean(), createdAt: instant });
export type RegistryUser = z.infer<typeof registryUser>;
