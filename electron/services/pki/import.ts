import type { KeyObject } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import { isIssuedBy, readCertificates, type Certificate } from './certificate.ts';
import { isInside } from './constraints.ts';
import { usageIds } from './extensions.ts';
import { describeKey, isSameKey, readPrivateKey } from './keys.ts';
import { normalizeSan, outsideDetails, type San } from './san.ts';

export interface ImportedCa {
  /** The CA first, then its issuers up to the self-signed root. */
  chain: [Certificate, ...Certificate[]];
  /** Null: can distribute, cannot sign. */
  key: KeyObject | null;
}

/** Signatures that current engines refuse, by object identifier. */
const weakSignatures: Record<string, string> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.2.840.10045.4.1': 'SHA-1',
  '1.2.840.10040.4.3': 'SHA-1',
  '1.3.14.3.2.29': 'SHA-1',
};

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

const readAll = (pem: string): [Certificate, ...Certificate[]] => {
  const field = 'The CA certificate';
  let certificates: Certificate[];
  try {
    certificates = readCertificates(pem);
  } catch (cause) {
    const problem = 'A certificate in it is damaged or cut off.';
    throw new AppError('CA_IMPORT_UNREADABLE', { field, problem }, { cause });
  }
  const [first, ...others] = certificates;
  if (first) return [first, ...others];
  const problem = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)
    ? 'This is a private key, not a certificate.'
    : 'No certificate was found in it.';
  throw new AppError('CA_IMPORT_UNREADABLE', { field, problem });
};

/** What must hold for every CA of the chain by itself. */
const checkOne = (certificate: Certificate, now: Date): void => {
  if (!certificate.isCa) throw new AppError('CA_IMPORT_NOT_CA', { subject: certificate.subject });
  const { algorithm, unsupported, isWeak } = describeKey(certificate.publicKey);
  if (isWeak) throw new AppError('CA_IMPORT_WEAK', { problem: `its key is ${algorithm}` });
  if (unsupported) throw new AppError('CA_IMPORT_UNSUPPORTED', { problem: unsupported });
  const weak = weakSignatures[certificate.signatureId];
  if (weak) throw new AppError('CA_IMPORT_WEAK', { problem: `it is signed with ${weak}` });
  if (certificate.notAfter <= now) {
    throw new AppError('CA_IMPORT_EXPIRED', { notAfter: dayOf(certificate.notAfter) });
  }
  if (certificate.notBefore > now) {
    throw new AppError('CA_IMPORT_NOT_YET_VALID', { notBefore: dayOf(certificate.notBefore) });
  }
  const usage = certificate.extendedKeyUsage;
  if (usage && !usage.includes(usageIds.serverAuth) && !usage.includes(usageIds.any)) {
    throw new AppError('CA_IMPORT_USAGE', { subject: certificate.subject });
  }
  const [unknown] = certificate.unknownCritical;
  if (unknown) throw new AppError('CA_IMPORT_EXTENSION', { extension: unknown });
};

/** From the CA up to a self-signed root, whatever the order they were given in. */
const buildChain = (given: readonly [Certificate, ...Certificate[]]): [Certificate, ...Certificate[]] => {
  const [ca, ...others] = given;
  const chain: [Certificate, ...Certificate[]] = [ca];
  let top = ca;
  while (!top.isSelfSigned) {
    const child = top;
    const issuer = others.find((other) => !chain.includes(other) && isIssuedBy(child, other));
    if (!issuer) throw new AppError('CA_IMPORT_CHAIN', { missing: top.issuer });
    chain.push(issuer);
    top = issuer;
  }
  return chain;
};

/** The path length of a CA counts the CAs below it, the leaf not included. */
const checkPathLengths = (chain: readonly Certificate[]): void => {
  const short = chain.find(({ pathLength }, below) => pathLength !== null && pathLength < below);
  if (short) throw new AppError('CA_IMPORT_PATH_LENGTH', { subject: short.subject });
};

const checkConstraints = (chain: readonly Certificate[], san: San): void => {
  const all = chain.map(({ constraints }) => constraints).filter((one) => one !== null);
  const chosen = normalizeSan(san);
  const outside = [...chosen.names, ...chosen.addresses].filter(
    (item) => !all.every((one) => isInside(one, item)),
  );
  if (all.some((one) => one.hasDirectoryNames)) outside.unshift('the subject CN=Mooring registry');
  if (outside.length > 0) throw new AppError('CA_IMPORT_CONSTRAINTS', outsideDetails(outside, all));
};

/**
 * Reads a CA that someone made elsewhere and says what is wrong with it; changes nothing.
 * @param san the names the registry needs
 * @throws AppError one CA_IMPORT_… code for each thing that can be wrong
 */
export const readImport = (
  input: { certificatePem: string; keyPem: string; passphrase: string },
  san: San,
  now: Date,
): ImportedCa => {
  const given = readAll(input.certificatePem);
  checkOne(given[0], now);
  const chain = buildChain(given);
  for (const issuer of chain.slice(1)) checkOne(issuer, now);
  checkPathLengths(chain);
  const key = input.keyPem.trim() === '' ? null : readPrivateKey(input.keyPem, input.passphrase);
  if (key && !isSameKey(key, chain[0].publicKey)) throw new AppError('CA_IMPORT_WRONG_KEY');
  checkConstraints(chain, san);
  return { chain, key };
};
