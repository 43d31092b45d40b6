import { z } from 'zod';
import { caChoice, leafPatch, pkiState } from '../model/pki.ts';
import { procedure } from './base.ts';

export const pki = {
  state: procedure.output(pkiState),
  /** The CA certificate (and its chain) as PEM: public, for devices and downloads. */
  caPem: procedure.output(z.object({ pem: z.string(), fingerprint: z.string(), file: z.string() })),
  /** A new leaf under the same CA, loaded without a restart. */
  renewLeaf: procedure.input(leafPatch.default({})).output(pkiState),
  /** Says what is wrong with a CA before it is imported; changes nothing. */
  checkImport: procedure
    .input(
      z.object({
        certificatePem: z.string(),
        keyPem: z.string().default(''),
        passphrase: z.string().default(''),
        /** Names and addresses the registry needs, checked against the name constraints of the CA. */
        names: z.array(z.string()).default([]),
        addresses: z.array(z.string()).default([]),
      }),
    )
    .output(pkiState.shape.ca.unwrap()),
  /** Explicit: every device that trusts the old CA must be pushed again. */
  replaceCa: procedure.input(caChoice).output(pkiState),
};
