import { z } from 'zod';
import { appErrorData } from '../errors.ts';
import { portNumber } from './common.ts';

/** An address of this computer that the registry could be reached by. */
export const addressCandidate = z.object({
  address: z.string(),
  family: z.union([z.literal(4), z.literal(6)]),
  interface: z.string(),
  /** What a person calls it: "Wi-Fi", "Ethernet", "VPN", "Docker bridge". */
  label: z.string(),
  kind: z.enum(['lan', 'vpn', 'virtual', 'public', 'temporary', 'link-local', 'loopback']),
  /** On unless the person says otherwise. */
  isRecommended: z.boolean(),
  /** Why it is not recommended. */
  reason: z.string().nullable(),
});
export type AddressCandidate = z.infer<typeof addressCandidate>;

export const advertisedName = z.object({
  name: z.string(),
  /** `other`: not a .local name, so mDNS has nothing to say about it. */
  state: z.enum(['probing', 'announced', 'conflict', 'failed', 'silent', 'other']),
  /** Address of whoever else answers, on conflict. */
  holder: z.string().nullable(),
  error: appErrorData.nullable(),
});

export const namesState = z.object({
  names: z.array(advertisedName),
  /** Addresses chosen and present now. */
  addresses: z.array(z.string()),
  port: portNumber,
  /** References a device may use, `name:port`, best first; loopback left out. */
  references: z.array(z.string()),
});
export type NamesState = z.infer<typeof namesState>;
