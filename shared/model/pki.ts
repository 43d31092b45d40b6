import { z } from 'zod';
import { certFingerprint, instant, wholeNumber } from './common.ts';

export const keyAlgorithm = z.enum(['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'], {
  error: 'choose rsa-2048, rsa-3072, rsa-4096, ec-p256 or ec-p384',
});

/** What a constrained CA may vouch for. */
export const permittedNames = z.object({
  /** DNS subtrees, no leading dot (RFC 5280 section 4.2.1.10); `*` when an imported CA leaves DNS names free. */
  dns: z.array(z.string()),
  /** IP ranges in CIDR notation. */
  ip: z.array(z.string()),
});
export type PermittedNames = z.infer<typeof permittedNames>;

export const caState = z.object({
  fingerprint: certFingerprint,
  subject: z.string(),
  /** The self-signed root when this CA is an intermediate, else the same as `subject`. */
  root: z.string(),
  notBefore: instant,
  notAfter: instant,
  daysLeft: z.int(),
  algorithm: z.string(),
  /** False: "can distribute, cannot sign". */
  hasKey: z.boolean(),
  isImported: z.boolean(),
  /** Null: the CA may vouch for any name. */
  permitted: permittedNames.nullable(),
});
export type CaState = z.infer<typeof caState>;

export const leafState = z.object({
  fingerprint: certFingerprint,
  serial: z.string(),
  subject: z.string(),
  names: z.array(z.string()),
  addresses: z.array(z.string()),
  notBefore: instant,
  notAfter: instant,
  daysLeft: z.int(),
  /** Life used up, 0 to 1. */
  lifeUsed: z.number(),
  algorithm: z.string(),
  issuer: z.string(),
});
export type LeafState = z.infer<typeof leafState>;

export const certificateHealth = z.object({
  state: z.enum(['missing', 'valid', 'expiring', 'expired']),
  daysLeft: z.int().nullable(),
});

export const pkiState = z.object({
  ca: caState.nullable(),
  leaf: leafState.nullable(),
  health: certificateHealth,
  warnings: z.array(z.string()),
});
export type PkiState = z.infer<typeof pkiState>;

export const caCreate = z.object({
  mode: z.literal('create'),
  years: wholeNumber(1, 30, 'years').default(10),
  algorithm: keyAlgorithm.default('rsa-4096'),
  isConstrained: z.boolean().default(true),
  /** DNS subtrees or CIDR ranges permitted beside the standard private ones. */
  permit: z.array(z.string()).default([]),
});
const pemRule = { error: 'give the certificate as PEM: it begins with -----BEGIN CERTIFICATE-----' };
export const caImport = z.object({
  mode: z.literal('import'),
  /** The CA first, then its issuers up to the root. */
  certificatePem: z.string(pemRule).min(1, pemRule),
  /** Empty: distribute only, cannot sign. */
  keyPem: z.string().default(''),
  passphrase: z.string().default(''),
});
export const caChoice = z.discriminatedUnion('mode', [caCreate, caImport]);
export type CaChoice = z.infer<typeof caChoice>;
/** The first day is already over when a certificate is issued: it is backdated. */
const leafFields = z.object({ days: wholeNumber(2, 3650, 'days'), algorithm: keyAlgorithm });
/** What a renewal is to change; what is left out stays as it is. */
export const leafPatch = leafFields.partial();
const { days, algorithm } = leafFields.shape;
export const leafOptions = z.object({ days: days.default(397), algorithm: algorithm.default('rsa-2048') });
export type LeafOptions = z.infer<typeof leafOptions>;
