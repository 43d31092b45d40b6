import { z } from 'zod';
import { instant, portNumber } from './common.ts';
import { jobSummary } from './jobs.ts';
import { namesState } from './names.ts';
import { certificateHealth } from './pki.ts';
import { registryStatus } from './registry.ts';

/** Which host runs the app that answers. */
export const hostKind = z.enum(['desktop', 'serve', 'up', 'cli']);

export const appInfo = z.object({
  version: z.string(),
  host: hostKind,
  pid: z.int(),
  platform: z.string(),
  hostName: z.string(),
  dataDir: z.string(),
  startedAt: instant,
  /** Whose keychain, if any, wraps the data key. */
  keyProtection: z.enum(['file', 'keychain']),
});
export type AppInfo = z.infer<typeof appInfo>;

/** Everything the status bar and Home need, whole each time. */
export const appStatus = z.object({
  isSetUp: z.boolean(),
  registry: registryStatus,
  names: namesState,
  certificate: certificateHealth,
  devices: z.object({
    total: z.int(),
    proven: z.int(),
    /** Files written, never proven by a pull. */
    unproven: z.int(),
    drifted: z.int(),
    /** Proven by a CA or names that are no longer the registry's. */
    outdated: z.int(),
    failed: z.int(),
    /** Nothing pushed yet. */
    untrusted: z.int(),
  }),
  jobs: z.array(jobSummary),
});
export type AppStatus = z.infer<typeof appStatus>;

/** What `mooring up --json` prints once the registry serves. */
export const readyInfo = z.object({
  url: z.string(),
  port: portNumber,
  names: z.array(z.string()),
  addresses: z.array(z.string()),
  user: z.string(),
  passwordFile: z.string(),
  caFile: z.string(),
  caFingerprint: z.string(),
  dataDir: z.string(),
  pid: z.int(),
});
export type ReadyInfo = z.infer<typeof readyInfo>;

export const logLevel = z.enum(['debug', 'info', 'warn', 'error']);
export const logLine = z.object({
  /** Grows by one a line; the way to ask for what is newer. */
  sequence: z.int(),
  at: instant,
  level: logLevel,
  /** Which part of the app speaks, for example `registry` or `trust`. */
  area: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type LogLine = z.infer<typeof logLine>;
