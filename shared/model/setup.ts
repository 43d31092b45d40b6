import { z } from 'zod';
import { ipAddress, portNumber } from './common.ts';
import { addressCandidate } from './names.ts';
import type { caCreate } from './pki.ts';
import { caChoice, leafOptions, permittedNames } from './pki.ts';
import { portCheck, pullPolicy, registryStatus } from './registry.ts';
import { registryName } from '../names.ts';

/** What the first-run step "Your registry" shows before anything is made. */
export const setupPreview = z.object({
  hostName: z.string(),
  names: z.array(
    z.object({
      name: z.string(),
      /** Null: not a .local name, nobody was asked. */
      isFree: z.boolean().nullable(),
      holder: z.string().nullable(),
    }),
  ),
  addresses: z.array(addressCandidate),
  port: portCheck,
  /** What a CA created now would be permitted to vouch for. */
  permitted: permittedNames,
});
export type SetupPreview = z.infer<typeof setupPreview>;

const endpointFields = z.object({
  /** Names devices use, best first. */
  names: z.array(registryName).min(1, 'give at least one name'),
  /** Null: the recommended ones, looked up anew whenever the network changes. */
  addresses: z.array(ipAddress).nullable(),
  port: portNumber,
  /** Address to listen on; `::` means all interfaces, IPv4 and IPv6. */
  listen: ipAddress,
});
/** What is to be changed; what is left out stays as it is. */
export const endpointPatch = endpointFields.partial();
export type EndpointPatch = z.infer<typeof endpointPatch>;

const { names, addresses, port, listen } = endpointFields.shape;
/** How the registry is named and reached. Flags of `mooring up` and the first-run step are this. */
export const endpointChoice = z.object({
  names: names.default(['registry.local']),
  addresses: addresses.default(null),
  port: port.default(5000),
  listen: listen.default('::'),
});
export type EndpointChoice = z.infer<typeof endpointChoice>;

export const setupInput = endpointChoice.extend({
  pull: pullPolicy.default('anyone'),
  ca: caChoice.prefault({ mode: 'create' } satisfies z.input<typeof caCreate>),
  leaf: leafOptions.prefault({}),
});
export type SetupInput = z.infer<typeof setupInput>;

export const setupResult = z.object({
  registry: registryStatus,
  user: z.string(),
  /** Shown once here; `users.password` shows it again. */
  password: z.string(),
  fingerprint: z.string(),
  warnings: z.array(z.string()),
});
export type SetupResult = z.infer<typeof setupResult>;
