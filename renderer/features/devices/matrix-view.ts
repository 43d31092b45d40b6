import type { Proof } from '#shared/model/devices.ts';
import type { Tone } from '../../ui/state-dot.tsx';
import { engineName } from './device-view.ts';

/** What a proof is worth: green only for a pull that the registry itself has seen; cheaper levels say what they are. */
export const proofWords = ({
  level,
  isProven,
}: Pick<Proof, 'level' | 'isProven'>): { tone: Tone; label: string } => {
  if (level === 'engine')
    return isProven ? { tone: 'ok', label: 'Pulled' } : { tone: 'warn', label: 'Could not pull' };
  if (level === 'tls')
    return isProven
      ? { tone: 'idle', label: 'Handshake only' }
      : { tone: 'warn', label: 'Handshake refused' };
  return { tone: 'idle', label: 'Files only' };
};

/** What else there is to say of a proof: why it failed, or that it was by a CA that is no longer ours. */
export const remarkOf = (
  { isProven, message, fingerprint }: Pick<Proof, 'isProven' | 'message' | 'fingerprint'>,
  ownFingerprint: string | null,
): string => {
  if (!isProven) return message;
  return fingerprint && ownFingerprint && fingerprint !== ownFingerprint ? 'by the CA of before' : '';
};

/** The engine in two lines: `Podman`, and whose it is when it runs without root. */
export const proverWords = ({
  runtime,
  user,
}: Pick<Proof, 'runtime' | 'user'>): { name: string; detail: string } => {
  if (runtime === 'none') return { name: 'No engine', detail: '' };
  const [name = '', kind = ''] = engineName(runtime).split(', ');
  return { name, detail: [kind, user === null ? '' : `of ${user}`].filter(Boolean).join(' ') };
};
