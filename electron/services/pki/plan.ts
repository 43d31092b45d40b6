import type { KeyObject } from 'node:crypto';
import type { Secrets } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import type { CaChoice, LeafOptions } from '#shared/model/pki.ts';
import { isIssuedBy, type Certificate } from './certificate.ts';
import { permittedFor } from './constraints.ts';
import type { PkiChange } from './files.ts';
import { readImport } from './import.ts';
import { issueCa, issueLeaf } from './issue.ts';
import { generateKey, privatePem } from './keys.ts';
import { sealCaKey, type Choices, type Loaded } from './load.ts';
import { isSameSan, normalizeSan, outsideDetails, wantedSan, type San } from './san.ts';
import { keylessWarning, longLifeWarning } from './state.ts';

/** A CA that a leaf can be asked of; without its key it can only be distributed. */
export interface Issuer {
  chain: readonly [Certificate, ...Certificate[]];
  key: KeyObject | null;
}

export interface Surroundings {
  hostName: string;
  now: Date;
}

const pemOf = (certificates: readonly Certificate[]): string => certificates.map(({ pem }) => pem).join('');

/** The CA that a choice asks for, made or read; nothing is written yet. */
export const makeIssuer = async (choice: CaChoice, san: San, around: Surroundings): Promise<Issuer> => {
  if (choice.mode === 'import') return readImport(choice, san, around.now);
  const chosen = normalizeSan(san);
  const permitted = choice.isConstrained
    ? permittedFor(around.hostName, [...choice.permit, ...chosen.names, ...chosen.addresses])
    : null;
  const key = await generateKey(choice.algorithm);
  return { chain: [issueCa({ key, permitted, years: choice.years, ...around })], key };
};

/** The files of a CA. What a CA without a key replaces has its key removed too. */
export const caFiles = ({ chain, key }: Issuer, secrets: Secrets): PkiChange => ({
  ca: pemOf(chain),
  caKey: key && sealCaKey(secrets, chain[0], key),
});

export const choicesFile = (choices: Choices): PkiChange => ({
  choices: `${JSON.stringify(choices, null, 2)}\n`,
});

const isUsable = ({ leaf }: Loaded, issuer: Issuer, wanted: San, now: Date): boolean =>
  leaf !== null &&
  isIssuedBy(leaf.certificate, issuer.chain[0]) &&
  leaf.certificate.notBefore <= now &&
  leaf.certificate.notAfter > now &&
  isSameSan(leaf.certificate, wanted);

export interface LeafPlan {
  /** Empty: what is there is kept byte for byte. */
  files: PkiChange;
  /** True when only the missing CA key stands between this and a certificate. */
  needsKey: boolean;
  warnings: string[];
}

/**
 * Decides about the server certificate: kept when it is valid, under this CA and for these names, else issued.
 * @param options.isForced issue in any case
 * @throws AppError SAN_OUTSIDE, CA_EXPIRED
 */
export const planLeaf = async (
  loaded: Loaded,
  issuer: Issuer,
  options: { leaf: LeafOptions; san: San; isForced: boolean },
  around: Surroundings,
): Promise<LeafPlan> => {
  const constraints = issuer.chain.map((one) => one.constraints).filter((one) => one !== null);
  const wanted = wantedSan({ san: options.san, hostName: around.hostName, chain: constraints });
  if (wanted.outside.length > 0) {
    throw new AppError('SAN_OUTSIDE', outsideDetails(wanted.outside, constraints));
  }
  if (!options.isForced && isUsable(loaded, issuer, wanted, around.now)) {
    return { files: {}, needsKey: false, warnings: [] };
  }
  if (!issuer.key) return { files: {}, needsKey: true, warnings: [keylessWarning] };
  const key = await generateKey(options.leaf.algorithm);
  const { names, addresses } = wanted;
  const { days } = options.leaf;
  const leaf = issueLeaf({
    key,
    chain: issuer.chain,
    caKey: issuer.key,
    days,
    names,
    addresses,
    now: around.now,
  });
  const lost = wanted.withoutLoopback;
  const warnings = [
    longLifeWarning(days),
    lost.length > 0 ? `This CA does not permit ${lost.join(', ')}: left out of the certificate.` : null,
  ].filter((warning) => warning !== null);
  return {
    files: { serverCertificate: leaf.pem + pemOf(issuer.chain), serverKey: privatePem(key) },
    needsKey: false,
    warnings,
  };
};
