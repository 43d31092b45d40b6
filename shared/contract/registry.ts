import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { id, portNumber } from '../model/common.ts';
import {
  portCheck,
  pullPolicy,
  reachCheck,
  registryEvent,
  registryStatus,
  registryUser,
} from '../model/registry.ts';
import { gcOptions, registryUsage, storageLimits } from '../model/storage.ts';
import { procedure } from './base.ts';

export const registry = {
  status: procedure.output(registryStatus),
  start: procedure.output(registryStatus),
  stop: procedure.output(registryStatus),
  setPull: procedure.input(z.object({ pull: pullPolicy })).output(registryStatus),
  checkPort: procedure.input(z.object({ port: portNumber })).output(portCheck),
  /** Connects to the port through every LAN address of this computer. */
  reach: procedure.output(reachCheck),
  events: procedure
    .input(z.object({ limit: z.int().min(1).max(500).default(50) }))
    .output(z.array(registryEvent)),
  watchEvents: procedure.output(eventIterator(z.array(registryEvent))),
  /** Storage by repository. */
  usage: procedure.output(registryUsage),
  limits: procedure.output(storageLimits),
  setLimits: procedure.input(storageLimits).output(storageLimits),
  /** Removes what nothing needs any more, as a job with the result `GcResult`. */
  gc: procedure
    .input(gcOptions.default({ isDryRun: false, removeUntagged: false }))
    .output(z.object({ jobId: id })),
  /** Hashes the whole store again, as a job with the result `VerifyResult`. */
  verify: procedure.output(z.object({ jobId: id })),
};

export const users = {
  list: procedure.output(z.array(registryUser)),
  /** Shows the password of a user again. */
  password: procedure
    .input(z.object({ name: z.string().optional() }).default({}))
    .output(z.object({ user: z.string(), password: z.string(), file: z.string() })),
  /** A new random password; the old one stops working at once. */
  renewPassword: procedure
    .input(z.object({ name: z.string().optional() }).default({}))
    .output(z.object({ user: z.string(), password: z.string(), file: z.string() })),
};
