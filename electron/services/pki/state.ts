import type { CaState, LeafState, PkiState } from '#shared/model/pki.ts';
import type { Certificate } from './certificate.ts';
import { isIssuedBy } from './certificate.ts';
import { permittedNamesOf } from './constraints.ts';
import { describeKey } from './keys.ts';
import type { Loaded } from './load.ts';

const dayMs = 86_400_000;
/** Longer lives are refused by Apple's clients (825) or, for public CAs, by browsers (398). */
const safeLeafDays = 397;

const daysBetween = (from: Date, to: Date): number => Math.floor((to.getTime() - from.getTime()) / dayMs);
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

const datesOf = (certificate: Certificate, now: Date) => ({
  notBefore: certificate.notBefore.toISOString(),
  notAfter: certificate.notAfter.toISOString(),
  daysLeft: daysBetween(now, certificate.notAfter),
});

/** @param chain the CA, then its issuers up to the root */
export const caStateOf = (
  chain: readonly [Certificate, ...Certificate[]],
  facts: { hasKey: boolean; isImported: boolean },
  now: Date,
): CaState => {
  const [ca] = chain;
  return {
    fingerprint: ca.fingerprint,
    subject: ca.subject,
    root: chain.at(-1)?.subject ?? ca.subject,
    ...datesOf(ca, now),
    algorithm: describeKey(ca.publicKey).algorithm,
    permitted: permittedNamesOf(chain.map(({ constraints }) => constraints).filter((one) => one !== null)),
    ...facts,
  };
};

const leafStateOf = (leaf: Certificate, now: Date): LeafState => {
  const life = leaf.notAfter.getTime() - leaf.notBefore.getTime();
  const used = (now.getTime() - leaf.notBefore.getTime()) / life;
  return {
    fingerprint: leaf.fingerprint,
    serial: leaf.x509.serialNumber,
    subject: leaf.subject,
    names: leaf.names,
    addresses: leaf.addresses,
    ...datesOf(leaf, now),
    lifeUsed: Math.min(1, Math.max(0, used)),
    algorithm: describeKey(leaf.publicKey).algorithm,
    issuer: leaf.issuer,
  };
};

/** The last third of a short life, the last month of a long one: time to renew, in days. */
const expiringDays = (certificate: Certificate): number =>
  Math.min(30, daysBetween(certificate.notBefore, certificate.notAfter) / 3);

/** Whether a server certificate is near its end, and a new one under this chain would outlive it. */
export const isDue = (leaf: Certificate, chain: readonly Certificate[], now: Date): boolean => {
  const left = leaf.notAfter.getTime() - now.getTime();
  const end = Math.min(...chain.map(({ notAfter }) => notAfter.getTime()));
  return left <= expiringDays(leaf) * dayMs && end - leaf.notAfter.getTime() > dayMs;
};

const healthOf = (certificates: readonly Certificate[], now: Date): PkiState['health'] => {
  const [first, ...others] = certificates;
  if (!first) return { state: 'missing', daysLeft: null };
  const next = others.reduce((one, other) => (other.notAfter < one.notAfter ? other : one), first);
  const daysLeft = daysBetween(now, next.notAfter);
  if (next.notAfter <= now) return { state: 'expired', daysLeft };
  return { state: daysLeft <= expiringDays(next) ? 'expiring' : 'valid', daysLeft };
};

/** Said where a long life is chosen, and as long as such a certificate is served. */
export const longLifeWarning = (days: number): string | null =>
  days > safeLeafDays
    ? `A server certificate that lives ${days} days stays useful for as long to whoever steals its key, and ` +
      `Apple devices refuse more than 825 days. ${safeLeafDays} days work everywhere.`
    : null;

export const keylessWarning =
  'The key of the CA is not here: Mooring can distribute this CA, but cannot issue or renew a server certificate.';

const warningsOf = ({ ca, leaf, leafProblem }: Loaded, now: Date): string[] => {
  const warnings: (string | null)[] = [
    leafProblem && `The server certificate cannot be used: ${leafProblem}.`,
  ];
  if (ca) {
    const [first] = ca.chain;
    const end = Math.min(...ca.chain.map((one) => one.notAfter.getTime()));
    if (ca.isKeyBroken) {
      warnings.push(
        'The stored key of the CA cannot be decrypted: restore data.key, or import the CA again.',
      );
    } else if (!ca.key) warnings.push(keylessWarning);
    if (end <= now.getTime()) {
      warnings.push(`The CA expired on ${dayOf(new Date(end))}: devices refuse everything it signed.`);
    }
    if (leaf && !isIssuedBy(leaf.certificate, first)) {
      warnings.push('The server certificate was not issued by this CA: renew it.');
    }
  }
  if (leaf) {
    const { notBefore, notAfter } = leaf.certificate;
    warnings.push(longLifeWarning(daysBetween(notBefore, notAfter)));
    if (notAfter <= now) warnings.push(`The server certificate expired on ${dayOf(notAfter)}: renew it.`);
  }
  return warnings.filter((warning) => warning !== null);
};

export const stateOf = (loaded: Loaded, now: Date): PkiState => {
  const { ca, leaf, choices } = loaded;
  return {
    ca: ca && caStateOf(ca.chain, { hasKey: ca.key !== null, isImported: choices.isImported }, now),
    leaf: leaf && leafStateOf(leaf.certificate, now),
    health: healthOf(leaf && ca ? [leaf.certificate, ...ca.chain] : [], now),
    warnings: warningsOf(loaded, now),
  };
};
