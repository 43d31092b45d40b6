import type { AddressCandidate } from '#shared/model/names.ts';
import type { LeafOptions } from '#shared/model/pki.ts';
import { setupInput, type SetupInput } from '#shared/model/setup.ts';
import { registryName } from '#shared/names.ts';
import type { z } from 'zod';
import { checkWith } from '../../error-view.ts';

/** What the three steps ask, as their fields hold it. */
export interface SetupForm {
  name: string;
  otherNames: string[];
  /** Chosen addresses; null until the person touches a switch. */
  addresses: string[] | null;
  port: number | '';
  pull: 'anyone' | 'login';
  caMode: 'create' | 'import';
  caYears: number | '';
  caAlgorithm: string;
  isConstrained: boolean;
  permit: string[];
  certificatePem: string;
  keyPem: string;
  passphrase: string;
  leafDays: number | '';
  leafAlgorithm: LeafOptions['algorithm'];
}

export const emptySetup: SetupForm = {
  name: 'registry.local',
  otherNames: [],
  addresses: null,
  port: 5000,
  pull: 'anyone',
  caMode: 'create',
  caYears: 10,
  caAlgorithm: 'rsa-4096',
  isConstrained: true,
  permit: [],
  certificatePem: '',
  keyPem: '',
  passphrase: '',
  leafDays: 397,
  leafAlgorithm: 'rsa-2048',
};

/** Where the service's field names live in the form. */
export const setupFields: Record<string, string> = {
  names: 'name',
  addresses: 'addresses',
  port: 'port',
  listen: 'port',
  'ca.years': 'caYears',
  'ca.permit': 'permit',
  'ca.certificatePem': 'certificatePem',
  certificatePem: 'certificatePem',
  'ca.keyPem': 'keyPem',
  keyPem: 'keyPem',
  passphrase: 'passphrase',
  'ca.passphrase': 'passphrase',
  'leaf.days': 'leafDays',
};

const wholeBetween = (low: number, high: number) => (value: number | '') =>
  typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high
    ? null
    : `A whole number from ${low} to ${high}`;

export const setupChecks = {
  name: checkWith(registryName),
  otherNames: (names: string[]) =>
    names.map(checkWith(registryName)).find((problem) => problem !== null) ?? null,
  port: wholeBetween(1, 65_535),
  caYears: wholeBetween(1, 30),
  leafDays: wholeBetween(2, 3650),
  certificatePem: (pem: string, form: SetupForm) =>
    form.caMode === 'import' && !pem.includes('-----BEGIN')
      ? 'Paste a certificate that begins with -----BEGIN'
      : null,
};

/** Which addresses a form means: the chosen ones, or what is recommended. */
export const chosenAddresses = (
  form: Pick<SetupForm, 'addresses'>,
  candidates: AddressCandidate[],
): string[] =>
  form.addresses ?? candidates.filter((candidate) => candidate.isRecommended).map(({ address }) => address);

/** Null while the choice is the recommended one, so that it follows the network later. */
const addressChoice = (form: SetupForm, candidates: AddressCandidate[]): string[] | null => {
  const recommended = chosenAddresses({ addresses: null }, candidates);
  const chosen = chosenAddresses(form, candidates);
  const isSame =
    chosen.length === recommended.length && chosen.every((address) => recommended.includes(address));
  return isSame ? null : chosen;
};

/** The form as the contract takes it. Throws a ZodError where a check above was passed over. */
export const toSetupInput = (form: SetupForm, candidates: AddressCandidate[]): SetupInput =>
  setupInput.parse({
    names: [form.name, ...form.otherNames],
    addresses: addressChoice(form, candidates),
    port: form.port === '' ? undefined : form.port,
    pull: form.pull,
    ca:
      form.caMode === 'create'
        ? {
            mode: 'create',
            years: form.caYears === '' ? undefined : form.caYears,
            algorithm: form.caAlgorithm,
            isConstrained: form.isConstrained,
            permit: form.permit,
          }
        : {
            mode: 'import',
            certificatePem: form.certificatePem,
            keyPem: form.keyPem,
            passphrase: form.passphrase,
          },
    leaf: { days: form.leafDays === '' ? undefined : form.leafDays, algorithm: form.leafAlgorithm },
  } satisfies z.input<typeof setupInput> | Record<string, unknown>);
