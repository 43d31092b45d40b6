import { describeError } from '#shared/errors.ts';
import type { Device, ProofMark, RecordedTrust } from '#shared/model/devices.ts';
import { type ProofSummary, summaryOf } from './columns.ts';

/** The registry that devices are to trust now. What is empty is not known, and makes nothing outdated. */
export interface Today {
  /** As `shortCa`. */
  ca: string;
  /** Names and addresses with the port. */
  references: readonly string[];
}

export type Lapse = Extract<ProofMark, 'former-ca' | 'former-name'>;

/** What a person is told of a device that lapsed. */
export const lapseCodes = { 'former-ca': 'CA_REPLACED', 'former-name': 'NAMES_CHANGED' } as const;

/** What a proof is worth today: a pull counts while its CA and its name are still the registry's. */
export const markOf = ([name, , mark, ca]: ProofSummary, today: Today): ProofMark => {
  if (mark !== 'pulled') return mark;
  // Of a pull that was recorded without its CA nothing else is known.
  if (ca !== '' && today.ca !== '' && ca !== today.ca) return 'former-ca';
  return today.references.length > 0 && !today.references.includes(name) ? 'former-name' : 'pulled';
};

const isPull = ([, , mark]: ProofSummary): boolean => mark === 'pulled';

/** Why the files of a device that nothing has proven are no longer those of today. */
const lapseOfFiles = (proofs: readonly ProofSummary[], today: Today): Lapse | null => {
  const written = proofs.filter(([, , , ca]) => ca !== '');
  if (written.length === 0) return null;
  if (today.ca !== '' && written.every(([, , , ca]) => ca !== today.ca)) return 'former-ca';
  const isKnown = written.some(([name]) => today.references.includes(name));
  return today.references.length > 0 && !isKnown ? 'former-name' : null;
};

/** How a device stands whose proofs count today. */
export const stateBy = (proofs: readonly ProofSummary[]): 'proven' | 'unproven' =>
  proofs.some(isPull) ? 'proven' : 'unproven';

/**
 * Why a device is no longer as it was recorded: one of its engines has no pull left that counts, or, where nothing ever
 * pulled, its files are those of another CA or other names. Null: it still is.
 */
export const lapseOf = (proofs: readonly ProofSummary[], today: Today): Lapse | null => {
  const pulls = proofs.filter(isPull);
  if (pulls.length === 0) return lapseOfFiles(proofs, today);
  for (const engine of Map.groupBy(pulls, ([, runtime]) => runtime).values()) {
    const marks = engine.map((pull) => markOf(pull, today));
    if (!marks.includes('pulled')) return marks.includes('former-ca') ? 'former-ca' : 'former-name';
  }
  return null;
};

/** The trust of a device as a run recorded it, held against the registry of today. */
export const trustToday = (name: string, trust: RecordedTrust, today: Today): Device['trust'] => {
  const summaries = trust.proofs.map(summaryOf);
  const proofs = trust.proofs.map((proof) => ({ ...proof, mark: markOf(summaryOf(proof), today) }));
  const canLapse = trust.state === 'proven' || trust.state === 'unproven';
  const lapse = canLapse ? lapseOf(summaries, today) : null;
  if (lapse === null) return { ...trust, proofs };
  return { ...trust, proofs, state: 'outdated', error: describeError(lapseCodes[lapse], { device: name }) };
};
