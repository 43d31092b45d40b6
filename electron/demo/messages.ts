import { z } from 'zod';
import { sshFingerprint } from '#shared/model/common.ts';
import { systems } from './system/device.ts';

/** One device as its process is told to play it. */
export const playedDevice = z.object({
  index: z.int(),
  system: z.enum(systems),
  hostName: z.string(),
  /** Its clock minus ours, seconds. */
  clockOffsetSeconds: z.number(),
  isPluggedIn: z.boolean(),
});
export type PlayedDevice = z.infer<typeof playedDevice>;

const place = z.object({ address: z.string(), port: z.int() });

const order = z.discriminatedUnion('kind', [
  /** Makes the devices; host keys come of the seed and the index. */
  z.object({
    kind: z.literal('start'),
    seed: z.string(),
    password: z.string(),
    devices: z.array(playedDevice),
  }),
  /** Where the registry is reached from this computer; null: nowhere. */
  z.object({ kind: z.literal('place'), place: place.nullable() }),
  z.object({ kind: z.literal('plug'), index: z.int(), isPluggedIn: z.boolean() }),
  z.object({ kind: z.literal('clock'), index: z.int(), offsetSeconds: z.number() }),
  /** Changes a file that Mooring has put there. */
  z.object({ kind: z.literal('drift'), index: z.int() }),
]);
export type Order = z.infer<typeof order>;

export const toPlayers = z.union([
  z.object({ id: z.int(), order }),
  z.object({ id: z.literal(0), order: z.object({ kind: z.literal('end') }) }),
]);

/** A device that listens. */
export const placedDevice = z.object({ index: z.int(), port: z.int(), fingerprint: sshFingerprint });
export type PlacedDevice = z.infer<typeof placedDevice>;

export const fromPlayers = z.object({
  id: z.int(),
  /** Null: it was done. */
  problem: z.string().nullable(),
  devices: z.array(placedDevice).default([]),
});
export type FromPlayers = z.input<typeof fromPlayers>;
