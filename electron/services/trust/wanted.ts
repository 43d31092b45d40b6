import type { PkiState } from '#shared/model/pki.ts';
import type { PushOptions } from '#shared/model/trust.ts';
import { AppError } from '#shared/errors.ts';
import type { TrustNeeds } from './needs.ts';
import { deviceReferences, foldersOf, pinOf, wrongFoldersOf } from './references.ts';
import { normalisePem, sha256 } from './script/pem.ts';

/** What every device of a run shall have: read once when the run begins. */
export interface Wanted {
  caPem: string;
  /** Of the CA certificate, as the app shows it. */
  fingerprint: string;
  caSha256: string;
  validity: { notBefore: Date; notAfter: Date };
  references: string[];
  folders: string[];
  wrongFolders: { folder: string; name: string }[];
}

/** When CA and leaf are both valid. */
const validityOf = ({ ca, leaf }: PkiState): Wanted['validity'] => {
  if (!ca) throw new AppError('CA_MISSING');
  const certificates = leaf ? [ca, leaf] : [ca];
  const times = (key: 'notBefore' | 'notAfter') => certificates.map((it) => Date.parse(it[key]));
  return {
    notBefore: new Date(Math.max(...times('notBefore'))),
    notAfter: new Date(Math.min(...times('notAfter'))),
  };
};

/**
 * @param isHere the run is for devices that this computer plays
 * @throws AppError CA_MISSING before the first run
 */
export const readWanted = async (
  needs: Pick<TrustNeeds, 'pki' | 'references'>,
  isHere = false,
): Promise<Wanted> => {
  const { pem, fingerprint } = needs.pki.caPem();
  const caPem = normalisePem(pem);
  const references = deviceReferences(needs.references({ isHere }));
  return {
    caPem,
    fingerprint,
    caSha256: sha256(caPem),
    validity: validityOf(await needs.pki.state()),
    references,
    folders: foldersOf(references),
    wrongFolders: wrongFoldersOf(references),
  };
};

/**
 * The trust store of a system is asked about every site, so a CA that may vouch for any is refused there.
 * @throws AppError CA_UNCONSTRAINED
 */
export const refuseUnconstrained = async (
  pki: Pick<TrustNeeds['pki'], 'state'>,
  { system, acceptUnconstrained }: PushOptions,
): Promise<void> => {
  if (!system || acceptUnconstrained) return;
  const permitted = (await pki.state()).ca?.permitted;
  if (!permitted || permitted.dns.includes('*')) {
    const examples = 'package mirrors, update servers, a bank, your mail';
    throw new AppError('CA_UNCONSTRAINED', { examples });
  }
};

/** What a person chose, as the script takes it. */
export const chosenBy = (options: PushOptions, references: readonly string[]) => ({
  confirmed: options.replace,
  repair: options.repair,
  runtimes: options.runtimes,
  system: options.system,
  restart: options.restart,
  pin: options.pinName ? pinOf(references) : null,
});
