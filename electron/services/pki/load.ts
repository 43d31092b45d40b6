import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Secrets } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import { leafOptions, type LeafOptions } from '#shared/model/pki.ts';
import { readCertificates, type Certificate } from './certificate.ts';
import type { PkiFiles } from './files.ts';
import { isSameKey, privatePem } from './keys.ts';
import type { San } from './san.ts';

const choicesSchema = z.object({
  isImported: z.boolean().default(false),
  leaf: leafOptions.prefault({}),
  /** What was last asked for; the host's own names are added anew each time. */
  san: z
    .object({ names: z.array(z.string()), addresses: z.array(z.string()) })
    .nullable()
    .default(null),
});

/** What was chosen when CA and leaf were made, so that a renewal does the same. */
export interface Choices {
  isImported: boolean;
  leaf: LeafOptions;
  san: San | null;
}

export interface LoadedCa {
  /** The CA, then its issuers up to the root. */
  chain: [Certificate, ...Certificate[]];
  pem: string;
  key: KeyObject | null;
  /** A sealed key is there, but it does not open or is another's. */
  isKeyBroken: boolean;
}

export interface LoadedLeaf {
  certificate: Certificate;
  /** Leaf and chain. */
  pem: string;
  keyPem: string;
}

export interface Loaded {
  ca: LoadedCa | null;
  leaf: LoadedLeaf | null;
  /** Why the server certificate that is there cannot be used. */
  leafProblem: string | null;
  choices: Choices;
}

const caKeyContext = (fingerprint: string): string => `pki:ca-key:${fingerprint}`;

export const sealCaKey = (secrets: Secrets, ca: Certificate, key: KeyObject): string =>
  secrets.seal(privatePem(key), caKeyContext(ca.fingerprint));

const openCaKey = (secrets: Secrets, ca: Certificate, sealed: string): KeyObject | null => {
  try {
    const key = createPrivateKey(secrets.open(sealed, caKeyContext(ca.fingerprint)));
    return isSameKey(key, ca.publicKey) ? key : null;
  } catch {
    return null;
  }
};

const loadCa = (
  file: string,
  pem: string | null,
  sealed: string | null,
  secrets: Secrets,
): LoadedCa | null => {
  if (pem === null) return null;
  let chain: Certificate[];
  try {
    chain = readCertificates(pem);
  } catch (cause) {
    throw new AppError('PKI_FILE_BROKEN', { file, problem: 'it is not a certificate' }, { cause });
  }
  const [ca, ...issuers] = chain;
  if (!ca) throw new AppError('PKI_FILE_BROKEN', { file, problem: 'there is no certificate in it' });
  const key = sealed === null ? null : openCaKey(secrets, ca, sealed);
  return { chain: [ca, ...issuers], pem, key, isKeyBroken: sealed !== null && key === null };
};

const loadLeaf = (pem: string | null, keyPem: string | null): Pick<Loaded, 'leaf' | 'leafProblem'> => {
  if (pem === null && keyPem === null) return { leaf: null, leafProblem: null };
  if (pem === null) return { leaf: null, leafProblem: 'server.crt is missing' };
  if (keyPem === null) return { leaf: null, leafProblem: 'server.key is missing' };
  try {
    const [certificate] = readCertificates(pem);
    if (!certificate) return { leaf: null, leafProblem: 'server.crt holds no certificate' };
    if (!certificate.x509.checkPrivateKey(createPrivateKey(keyPem))) {
      return { leaf: null, leafProblem: 'server.key does not belong to server.crt' };
    }
    return { leaf: { certificate, pem, keyPem }, leafProblem: null };
  } catch {
    return { leaf: null, leafProblem: 'server.crt or server.key is damaged' };
  }
};

const loadChoices = (text: string | null): Choices => {
  try {
    return choicesSchema.parse(JSON.parse(text ?? '{}'));
  } catch {
    return choicesSchema.parse({});
  }
};

/**
 * Reads the PKI from disk each time it is asked, so that what others did to the files is seen; what has not
 * changed is not parsed again.
 * @returns a function that throws AppError PKI_FILE_BROKEN when the CA certificate cannot be read
 */
export const createLoader = (files: PkiFiles, secrets: Secrets): (() => Loaded) => {
  let last: { text: string; loaded: Loaded } | null = null;
  return () => {
    const raw = files.read();
    const text = JSON.stringify(raw);
    if (last?.text === text) return last.loaded;
    const loaded = {
      ca: loadCa(files.pathOf('ca'), raw.ca, raw.caKey, secrets),
      ...loadLeaf(raw.serverCertificate, raw.serverKey),
      choices: loadChoices(raw.choices),
    };
    last = { text, loaded };
    return loaded;
  };
};
