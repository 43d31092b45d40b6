import { z } from 'zod';
import { appErrorData } from '../errors.ts';
import { id, instant, portNumber, sha256Hex, sshFingerprint } from './common.ts';

const ipv6 = z.ipv6();
const isIpv6 = (address: string): boolean => ipv6.safeParse(address.replace(/%.*$/, '')).success;

/** A device's address as typed: IPv4, IPv6 (with zone, for example `fe80::1%eth0`), or a host name. */
export const deviceAddress = z
  .string({ error: 'give the address or name of the device' })
  .trim()
  .min(1, 'give the address or name of the device')
  .max(253, 'an address has at most 253 characters')
  .regex(/^[A-Za-z0-9._:%-]+$/, 'an address has letters, digits, dots, colons and dashes only')
  .refine((address) => !/[:%]/.test(address) || isIpv6(address), {
    error: 'this is no IPv6 address; a port has a field of its own',
    abort: true,
  })
  .refine((address) => !/^fe80:[^%]*%?$/i.test(address), {
    error: 'a link-local address needs its network interface, for example fe80::1%eth0',
  });

/** What a person calls the device. */
export const deviceName = z
  .string({ error: 'give a name' })
  .trim()
  .max(80, 'a device name has at most 80 characters');

/** What reads trust on a device: each has its own folder. `system` is the trust store of its operating system. */
export const runtimeKind = z.enum([
  'docker',
  'docker-rootless',
  'balena-engine',
  'podman',
  'podman-rootless',
  'containerd',
  'system',
]);
export type RuntimeKind = z.infer<typeof runtimeKind>;

/** Where a device stands, in a person's words; devices without one have ''. */
export const groupName = z
  .string({ error: 'give the name of a group' })
  .trim()
  .max(60, 'the name of a group has at most 60 characters')
  .regex(/^[^\p{Cc}]*$/u, 'the name of a group has no control characters');

const tagRule = {
  error: 'a tag begins with a letter or digit and has no blanks, commas or semicolons; at most 40 characters',
};
export const tagName = z
  .string(tagRule)
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._:/=+-]{0,39}$/u, tagRule);
/** What one device has at most. */
export const mostTags = 20;
const tagList = z.array(tagName).max(mostTags, `a device has at most ${mostTags} tags`);

const passwordRule = { error: 'give the password' };

/** How to log in. Secrets travel in, never out. */
export const credentialInput = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('key'),
    /** Path of a private key on this computer, or … */
    file: z.string().default(''),
    /** … its text, then kept encrypted in the data folder. */
    pem: z.string().default(''),
    passphrase: z.string().default(''),
  }),
  z.object({ kind: z.literal('password'), password: z.string(passwordRule).min(1, passwordRule) }),
  z.object({ kind: z.literal('agent') }),
  /** The login of the device's group: its user, key or password, sudo password, and its port where the device has none. */
  z.object({ kind: z.literal('group') }),
]);
export type CredentialInput = z.infer<typeof credentialInput>;

/** What is known of the login, for showing. */
export const credentialInfo = z.object({
  kind: z.enum(['key', 'password', 'agent', 'group']),
  /** Path of the key file, or null when its text is kept. */
  file: z.string().nullable(),
  hasSudoPassword: z.boolean(),
});

export const hostKeyOffer = z.object({ type: z.string(), fingerprint: sshFingerprint });
export const hostKey = hostKeyOffer.extend({
  acceptedAt: instant,
  /** `shown`: a person saw and confirmed it; `given`: typed in beforehand; `unseen`: accepted without a look. */
  how: z.enum(['shown', 'given', 'unseen']),
});

export const deviceFacts = z.object({
  readAt: instant,
  hostName: z.string(),
  os: z.string(),
  osVersion: z.string(),
  architecture: z.string(),
  engines: z.array(
    z.object({
      kind: runtimeKind,
      version: z.string(),
      isRunning: z.boolean(),
      folder: z.string(),
      /** Whose engine it is; null: the system's. */
      user: z.string().nullable().default(null),
    }),
  ),
  /** Device clock minus ours, seconds. */
  clockOffsetSeconds: z.number(),
  /** Bytes free where trust goes. */
  freeBytes: z.number(),
  isWritable: z.boolean(),
  /** Trust found in certs.d, for this registry. */
  trust: z.array(
    z.object({ path: z.string(), sha256: sha256Hex, isOurs: z.boolean(), problem: z.string().nullable() }),
  ),
  warnings: z.array(appErrorData),
});
export type DeviceFacts = z.infer<typeof deviceFacts>;

/**
 * Trust of one device as last seen by a run. `outdated`: it was proven or written then, but by a CA or by names that are
 * no longer those of the registry.
 */
export const deviceTrustState = z.enum(['none', 'unproven', 'proven', 'outdated', 'drifted', 'failed']);

export const proof = z.object({
  /** Reference host, `name:port`. */
  name: z.string(),
  runtime: z.union([runtimeKind, z.literal('none')]),
  /** Whose engine it is; null: the system's. */
  user: z.string().nullable().default(null),
  /**
   * `engine`: its own pull, seen by the registry. `tls`: a handshake with the CA the device has, by no engine.
   * `files`: the bytes were read back.
   */
  level: z.enum(['engine', 'tls', 'files']),
  isProven: z.boolean(),
  /** SHA-256 of the CA that was trusted then; of what is not proven, that of the files that were in place. */
  fingerprint: z.string().nullable().optional(),
  code: z.string().nullable(),
  message: z.string(),
  at: instant,
});
export type Proof = z.infer<typeof proof>;

/**
 * What a proof is worth today. `pulled`: an engine's own pull, seen by the registry. `former-ca`, `former-name`: the same,
 * by a CA or a name that is no longer the registry's. `refused`: the engine was asked and could not. `handshake`: TLS with
 * the CA the device has, by no engine. `files`: the bytes were read back.
 */
export const proofMark = z.enum(['pulled', 'former-ca', 'former-name', 'refused', 'handshake', 'files']);
export type ProofMark = z.infer<typeof proofMark>;

export const markedProof = proof.extend({ mark: proofMark });
export type MarkedProof = z.infer<typeof markedProof>;

/** Trust of one device as the last run left it. */
export const recordedTrust = z.object({
  state: deviceTrustState.exclude(['outdated']),
  /** Why it is not proven. */
  error: appErrorData.nullable(),
  proofs: z.array(proof),
  warnings: z.array(appErrorData),
  lastRunAt: instant.nullable(),
  lastProofAt: instant.nullable(),
  canUndo: z.boolean(),
});
export type RecordedTrust = z.infer<typeof recordedTrust>;

/** Whole devices in one answer at most. */
export const devicePageSize = 500;

export const device = z.object({
  id,
  name: z.string(),
  address: z.string(),
  /** Null: 22222 then 22 are tried; the one that answered is kept. */
  port: portNumber.nullable(),
  user: z.string(),
  credential: credentialInfo,
  hostKeys: z.array(hostKey),
  facts: deviceFacts.nullable(),
  /** Held against the CA and the names of today. */
  trust: recordedTrust.extend({ state: deviceTrustState, proofs: z.array(markedProof) }),
  group: z.string(),
  tags: z.array(z.string()),
  addedAt: instant,
  /** Played by this computer, without hardware; leaves the list when the demo is stopped. */
  isSimulated: z.boolean(),
});
export type Device = z.infer<typeof device>;

/** Seen on the network by mDNS; nothing was asked of it. */
export const discoveredDevice = z.object({
  name: z.string(),
  address: z.string(),
  hostName: z.string(),
  /** Null: a computer that announces itself, but no SSH server. */
  port: portNumber.nullable(),
  isBalena: z.boolean(),
  /** Id of the device in the list that has this address. */
  knownAs: id.nullable(),
});
export type DiscoveredDevice = z.infer<typeof discoveredDevice>;

/** What one device showed when it was met, beside what is pinned for it. Nobody has logged in. */
export const metDevice = z.object({
  id,
  name: z.string(),
  address: z.string(),
  /** `new`: no key is pinned for it. `changed`: it shows another than the pinned one. `failed`: it showed none. */
  verdict: z.enum(['new', 'same', 'changed', 'failed']),
  /** Where it answered. */
  port: portNumber.nullable(),
  hostKey: hostKeyOffer.nullable(),
  /** The fingerprint that is pinned, on a change. */
  expected: sshFingerprint.nullable(),
  /** Why it showed none. */
  error: appErrorData.nullable(),
});
export type MetDevice = z.infer<typeof metDevice>;

/** A key that a person has seen on a device. */
export const seenHostKey = hostKeyOffer.extend({
  device: id,
  /** Where it answered; kept for a device whose port is not known. */
  port: portNumber.nullable().default(null),
});
export type SeenHostKey = z.infer<typeof seenHostKey>;

export const acceptedHostKeys = z.object({
  accepted: z.int(),
  /** Pinned already. */
  same: z.int(),
  /** Another key is pinned for them. */
  refused: z.array(z.object({ id, name: z.string(), fingerprint: sshFingerprint, expected: sshFingerprint })),
});
export type AcceptedHostKeys = z.infer<typeof acceptedHostKeys>;

export const hostKeyChoice = z.discriminatedUnion('kind', [
  /** The fingerprint the person saw and confirmed, or gave beforehand. */
  z.object({ kind: z.literal('confirmed'), fingerprint: sshFingerprint }),
  z.object({ kind: z.literal('given'), fingerprint: sshFingerprint }),
  z.object({ kind: z.literal('accept-new') }),
  /** Do not connect now; the key is asked for at the first contact. */
  z.object({ kind: z.literal('offline') }),
]);

const userRule = { error: 'a user name has letters, digits, dots, dashes and underscores, at most 64' };

export const deviceInput = z.object({
  address: deviceAddress,
  name: deviceName.default(''),
  user: z
    .string(userRule)
    .trim()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}\$?$/, userRule)
    .default('root'),
  port: portNumber.nullable().default(null),
  credential: credentialInput,
  /** Empty: the login password is tried. */
  sudoPassword: z.string().default(''),
  group: groupName.default(''),
  tags: tagList.default([]),
  hostKey: hostKeyChoice,
});
export type DeviceInput = z.infer<typeof deviceInput>;
