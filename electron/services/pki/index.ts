import os from 'node:os';
import type { Log } from '#electron/log.ts';
import type { Store } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import type { CaChoice, CaState, LeafOptions, PermittedNames, PkiState } from '#shared/model/pki.ts';
import { readCertificates } from './certificate.ts';
import { constraintsOf, isInside, permittedFor } from './constraints.ts';
import { openPkiFiles, type PkiChange } from './files.ts';
import { readImport } from './import.ts';
import { createLoader, sealCaKey, type Loaded, type LoadedCa } from './load.ts';
import { caFiles, choicesFile, makeIssuer, planLeaf, type Surroundings } from './plan.ts';
import { normalizeSan, type San } from './san.ts';
import { caStateOf, isDue, stateOf } from './state.ts';

export type { San } from './san.ts';

export interface Pki {
  /** @throws AppError PKI_FILE_BROKEN */
  state(): Promise<PkiState>;
  /**
   * Makes what is missing; what is there and valid is kept byte for byte, whatever `choice` says. Names and
   * addresses in `san` that are not private are permitted in a CA made by this call.
   */
  create(choice: CaChoice, leaf: LeafOptions, san: San): Promise<{ warnings: string[] }>;
  /**
   * Sees to it that the server certificate is valid for these names, under the same CA. One near its end is renewed
   * when the CA key is here.
   * @throws AppError CA_MISSING, SAN_OUTSIDE (nothing is signed), CA_KEY_MISSING, CA_EXPIRED
   */
  cover(san: San): Promise<{ reissued: boolean }>;
  /** A new server certificate in any case; options not given stay as they were. */
  renewLeaf(options?: Partial<LeafOptions>): Promise<{ warnings: string[] }>;
  /** A new CA and server certificate. The old files are kept in `pki/previous-<fingerprint>`. */
  replaceCa(choice: CaChoice, san: San): Promise<{ warnings: string[] }>;
  /** What an import would bring. @throws AppError one CA_IMPORT_… code for each thing that can be wrong */
  checkImport(
    input: { certificatePem: string; keyPem: string; passphrase: string } & Partial<San>,
  ): Promise<CaState>;
  /** The CA, then its issuers up to the root; `file` lies alone in its folder. @throws AppError CA_MISSING */
  caPem(): { pem: string; fingerprint: string; file: string };
  /** Null: there is no CA yet. @throws AppError PKI_FILE_BROKEN */
  caFingerprint(): string | null;
  /** What a CA made now would be permitted, with these names and addresses. @throws AppError BAD_INPUT */
  preview(names: readonly string[]): PermittedNames;
  /** Whether the CA (or one made now) may vouch for it. */
  isPermitted(nameOrAddress: string): boolean;
  /** For the engine. @throws AppError CERTIFICATE_MISSING */
  serverFiles(): { certFile: string; keyFile: string; certPem: string; keyPem: string };
  /** Called after CA or server certificate changed; returns how to stop. */
  onChange(listener: () => void): () => void;
}

const createQueue = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
};

const needCa = ({ ca }: Loaded): LoadedCa => {
  if (!ca) throw new AppError('CA_MISSING');
  return ca;
};

const firstFingerprint = (pem: string): string | null => {
  try {
    return readCertificates(pem)[0]?.fingerprint ?? null;
  } catch {
    return null;
  }
};

const isSameCa = (choice: CaChoice, ca: LoadedCa): boolean =>
  choice.mode === 'import' && firstFingerprint(choice.certificatePem) === ca.chain[0].fingerprint;

/** CA and server certificate of a data folder. Hold the folder before this is created. */
export const createPki = (needs: {
  dataDir: string;
  store: Pick<Store, 'secrets'>;
  log: Log;
  now?: () => Date;
  hostName?: () => string;
}): Pki => {
  const { dataDir, store, now = () => new Date(), hostName = os.hostname } = needs;
  const log = needs.log.area('pki');
  const files = openPkiFiles(dataDir);
  const load = createLoader(files, store.secrets);
  const inTurn = createQueue();
  const listeners = new Set<() => void>();
  files.recover();

  /** One change at a time, each on what is on disk once an interrupted change has been carried on. */
  const change = <T>(work: (loaded: Loaded) => Promise<T>): Promise<T> =>
    inTurn(async () => {
      files.recover();
      return work(load());
    });

  const around = (): Surroundings => ({ hostName: hostName(), now: now() });

  const commit = (contents: PkiChange, what: string, keepIn?: string): void => {
    files.commit(contents, keepIn);
    const { ca, leaf } = load();
    log.info(what, {
      ca: ca?.chain[0].fingerprint,
      leaf: leaf?.certificate.fingerprint,
      names: leaf?.certificate.names,
      addresses: leaf?.certificate.addresses,
    });
    for (const listener of listeners) listener();
  };

  /** The key for a CA that is here without one, when the choice brings it. */
  const missingKey = (choice: CaChoice, ca: LoadedCa) =>
    choice.mode === 'import' && !ca.key && isSameCa(choice, ca)
      ? readImport(choice, { names: [], addresses: [] }, now()).key
      : null;

  const keep = async (loaded: Loaded, ca: LoadedCa, choice: CaChoice, leaf: LeafOptions, san: San) => {
    const found = missingKey(choice, ca);
    const issuer = { chain: ca.chain, key: ca.key ?? found };
    const plan = await planLeaf(loaded, issuer, { leaf, san, isForced: false }, around());
    const completed: PkiChange = { ...plan.files };
    if (found) completed.caKey = sealCaKey(store.secrets, ca.chain[0], found);
    if (Object.keys(completed).length > 0) {
      const choices = { ...loaded.choices, leaf, san: normalizeSan(san) };
      commit({ ...completed, ...choicesFile(choices) }, 'completed the certificates');
    }
    const other = choice.mode === 'import' && !isSameCa(choice, ca);
    return {
      warnings: [
        ...(other ? ['This folder already has another CA, which was kept: replace it on purpose.'] : []),
        ...plan.warnings,
      ],
    };
  };

  const make = async (loaded: Loaded, choice: CaChoice, leaf: LeafOptions, san: San, keepIn?: string) => {
    const issuer = await makeIssuer(choice, san, around());
    const plan = await planLeaf(loaded, issuer, { leaf, san, isForced: false }, around());
    // What serves today must not be taken away for a CA that cannot sign its successor.
    if (plan.needsKey && loaded.ca) throw new AppError('CA_KEY_MISSING');
    const made: PkiChange = {
      ...(plan.needsKey ? { serverCertificate: null, serverKey: null } : plan.files),
      ...caFiles(issuer, store.secrets),
      ...choicesFile({ isImported: choice.mode === 'import', leaf, san: normalizeSan(san) }),
    };
    commit(made, choice.mode === 'import' ? 'imported a CA' : 'created a CA', keepIn);
    return { warnings: plan.warnings };
  };

  return {
    state: async () => stateOf(load(), now()),

    create: (choice, leaf, san) =>
      change(async (loaded) => {
        return loaded.ca ? keep(loaded, loaded.ca, choice, leaf, san) : make(loaded, choice, leaf, san);
      }),

    cover: (san) =>
      change(async (loaded) => {
        const { leaf } = loaded.choices;
        const ca = needCa(loaded);
        const current = loaded.leaf?.certificate;
        const isForced = ca.key !== null && current !== undefined && isDue(current, ca.chain, now());
        const plan = await planLeaf(loaded, ca, { leaf, san, isForced }, around());
        if (plan.needsKey) throw new AppError('CA_KEY_MISSING');
        const reissued = Object.keys(plan.files).length > 0;
        if (reissued) {
          const choices = choicesFile({ ...loaded.choices, san: normalizeSan(san) });
          commit(
            { ...plan.files, ...choices },
            `${isForced ? 'renewed' : 're-issued'} the server certificate`,
          );
        }
        return { reissued };
      }),

    renewLeaf: (options = {}) =>
      change(async (loaded) => {
        const ca = needCa(loaded);
        if (!ca.key) throw new AppError('CA_KEY_MISSING');
        const leaf = { ...loaded.choices.leaf, ...options };
        const current = loaded.leaf?.certificate;
        const san = loaded.choices.san ?? {
          names: current?.names ?? [],
          addresses: current?.addresses ?? [],
        };
        const plan = await planLeaf(loaded, ca, { leaf, san, isForced: true }, around());
        commit(
          { ...plan.files, ...choicesFile({ ...loaded.choices, leaf, san }) },
          'renewed the server certificate',
        );
        return { warnings: plan.warnings };
      }),

    replaceCa: (choice, san) =>
      change(async (loaded) => {
        const { ca, choices } = loaded;
        if (ca && isSameCa(choice, ca)) return keep(loaded, ca, choice, choices.leaf, san);
        const old = ca?.chain[0].fingerprint;
        const keepIn = old && `previous-${old.replaceAll(':', '').slice(0, 8).toLowerCase()}`;
        const { warnings } = await make(loaded, choice, choices.leaf, san, keepIn);
        const broken = `Every device that trusts the old CA (${old}) refuses the registry until it is pushed again.`;
        return { warnings: old ? [broken, ...warnings] : warnings };
      }),

    checkImport: async (input) => {
      const { names = [], addresses = [] } = input;
      const { chain, key } = readImport(input, { names, addresses }, now());
      return caStateOf(chain, { hasKey: key !== null, isImported: true }, now());
    },

    caPem() {
      const { chain, pem } = needCa(load());
      return { pem, fingerprint: chain[0].fingerprint, file: files.pathOf('ca') };
    },

    caFingerprint: () => load().ca?.chain[0].fingerprint ?? null,

    preview: (names) => permittedFor(hostName(), names),

    isPermitted(nameOrAddress) {
      const { ca } = load();
      if (!ca) return isInside(constraintsOf(permittedFor(hostName(), [])), nameOrAddress);
      return ca.chain.every(
        ({ constraints }) => constraints === null || isInside(constraints, nameOrAddress),
      );
    },

    serverFiles() {
      const { leaf } = load();
      if (!leaf) throw new AppError('CERTIFICATE_MISSING');
      const { pem: certPem, keyPem } = leaf;
      return {
        certFile: files.pathOf('serverCertificate'),
        keyFile: files.pathOf('serverKey'),
        certPem,
        keyPem,
      };
    },

    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
