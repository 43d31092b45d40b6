import type { MarkedProof, Proof, ProofMark } from '#shared/model/devices.ts';
import type { MatrixCell, MatrixColumn } from '#shared/model/fleet.ts';
import { sentence } from '../../error-view.ts';
import { formatAgo, formatCount, formatTime } from '../../format.ts';
import type { Tone } from '../../ui/state-dot.tsx';
import { causeTitle } from './causes.ts';
import { engineName } from './device-view.ts';

/** What a proof is worth: green only for a pull that the registry itself has seen; cheaper levels say what they are. */
export const MARKS: Record<ProofMark, { tone: Tone; label: string; meaning: string }> = {
  pulled: { tone: 'ok', label: 'Pulled', meaning: 'by its own engine, seen by the registry' },
  'former-ca': { tone: 'warn', label: 'Former CA', meaning: 'it pulled with a CA that is no longer used' },
  'former-name': {
    tone: 'warn',
    label: 'Former name',
    meaning: 'it pulled by a name that the registry no longer has',
  },
  refused: { tone: 'warn', label: 'Could not pull', meaning: 'its engine tried and failed' },
  handshake: {
    tone: 'part',
    label: 'Handshake only',
    meaning: 'TLS with this CA, by no engine',
  },
  files: { tone: 'idle', label: 'Files only', meaning: 'the CA is there, and was not tried' },
};

/** A cell in a few words: since when it is proven, or why not. */
export const cellWords = ({ mark, proofs }: MatrixCell, now: number): string => {
  if (mark === 'pulled') return formatAgo(oldest(proofs), now);
  const code = mark === 'refused' ? proofs.find(({ code }) => code !== null)?.code : null;
  return code ? sentence(causeTitle(code).replace(/^The device /, '')) : MARKS[mark].label;
};

/** A cell is as old as its oldest proof. */
const oldest = (proofs: Pick<Proof, 'at'>[]): string =>
  proofs.reduce((first, { at }) => (at < first ? at : first), proofs[0]?.at ?? '');

/** The whole of a cell, for a tooltip: each proof with time, CA and what went wrong. */
export const cellDetails = ({ mark, proofs }: MatrixCell): string =>
  [
    `${MARKS[mark].label}: ${MARKS[mark].meaning}`,
    ...proofs.flatMap(({ user, at, fingerprint, isProven, message }) => [
      `${user === null ? '' : `${user}: `}${formatTime(at)}`,
      ...(isProven ? [] : [message]),
      ...(fingerprint ? [`CA ${fingerprint}`] : []),
    ]),
  ].join('\n');

/** `Docker`, `Podman, rootless`, or that there is none. */
export const runtimeName = (runtime: Proof['runtime']): string =>
  runtime === 'none' ? 'No engine' : engineName(runtime);

/** How many devices of a column pull, of those that were tried. */
export const columnWords = ({ runtime, counts }: MatrixColumn): string => {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return `${runtimeName(runtime)} · ${formatCount(counts.pulled)} of ${formatCount(total)}`;
};

/** What else there is to say of a proof: why it failed, or why it no longer counts. */
export const remarkOf = ({
  isProven,
  message,
  mark,
}: Pick<MarkedProof, 'isProven' | 'message' | 'mark'>): string => {
  if (!isProven) return message;
  return mark === 'pulled' ? '' : sentence(MARKS[mark].meaning);
};

/** The engine in two lines: `Podman`, and whose it is when it runs without root. */
export const proverWords = ({
  runtime,
  user,
}: Pick<Proof, 'runtime' | 'user'>): { name: string; detail: string } => {
  const [name = '', kind = ''] = runtimeName(runtime).split(', ');
  return { name, detail: [kind, user === null ? '' : `of ${user}`].filter(Boolean).join(' ') };
};
