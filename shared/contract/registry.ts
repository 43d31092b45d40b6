import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { portNumber } from '../model/common.ts';
import {
  portCheck,
  pullPolicy,
  reachCheck,
  registryEvent,
  registryStatus,
  registryUser,
} from '../model/registry.ts';
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
