import { z } from 'zod';
import { id, instant, portNumber } from './common.ts';

/** What can be done to a simulated device by hand. */
export const demoAction = z.enum(['plug-in', 'unplug', 'drift', 'fix-clock']);
export type DemoAction = z.infer<typeof demoAction>;

/** A simulated device that has a story to tell. */
export const demoDevice = z.object({
  /** As in the list of devices. */
  id,
  name: z.string(),
  address: z.string(),
  port: portNumber,
  /** What it is there to show, one sentence. */
  story: z.string(),
  isPluggedIn: z.boolean(),
  /** When it comes back by itself; null: it is there, or nobody has missed it yet. */
  returnsAt: instant.nullable(),
  /** Its clock minus ours, seconds. */
  clockOffsetSeconds: z.number(),
  /** What can be done to it now. */
  actions: z.array(demoAction),
});
export type DemoDevice = z.infer<typeof demoDevice>;

export const demoState = z.object({
  isRunning: z.boolean(),
  /** All simulated devices. */
  count: z.int(),
  /** Those with a story, at most a handful. */
  devices: z.array(demoDevice),
});
export type DemoState = z.infer<typeof demoState>;

/** The most devices one computer is asked to simulate. */
export const mostSimulated = 10_000;
