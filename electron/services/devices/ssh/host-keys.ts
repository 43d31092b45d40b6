import { createHash } from 'node:crypto';
import { sshAlgorithms } from '#electron/algorithms.ts';
import { AppError } from '#shared/errors.ts';

/** A host key as compared and shown: its type (`ssh-ed25519`, ...) and `SHA256:...` as ssh-keygen prints it. */
export interface HostKeyOffer {
  type: string;
  fingerprint: string;
}

type KeyAlgorithm = (typeof sshAlgorithms.serverHostKey)[number];

/** RFC 4253 section 6.6: the blob begins with its type. */
export const readHostKey = (blob: Buffer): HostKeyOffer => ({
  type: blob.toString('latin1', 4, 4 + Math.min(64, blob.readUInt32BE(0))),
  fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
});

/** RSA keys have one type and several signature algorithms (RFC 8332). */
const typeOf = (algorithm: KeyAlgorithm): string => (algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);

/** Host key types we can check, best first. */
export const hostKeyTypes: readonly string[] = [...new Set(sshAlgorithms.serverHostKey.map(typeOf))];

/** The algorithms to ask for so that a device with several keys shows one of the given types first. */
export const preferTypes = (types: readonly string[]): KeyAlgorithm[] => {
  const isWanted = (algorithm: KeyAlgorithm) => types.includes(typeOf(algorithm));
  const all = sshAlgorithms.serverHostKey;
  return [...all.filter(isWanted), ...all.filter((algorithm) => !isWanted(algorithm))];
};

export const onlyType = (type: string): KeyAlgorithm[] =>
  sshAlgorithms.serverHostKey.filter((algorithm) => typeOf(algorithm) === type);

/**
 * Compares what a device shows with what was pinned for it. Null: it is the pinned key.
 * A device that stops showing its pinned type counts as changed.
 */
export const checkHostKey = (
  device: string,
  pinned: readonly HostKeyOffer[],
  shown: HostKeyOffer,
): AppError | null => {
  const wanted = pinned.find(({ type }) => type === shown.type) ?? pinned[0];
  const { fingerprint, type } = shown;
  if (wanted === undefined) return new AppError('HOST_KEY_UNKNOWN', { device, fingerprint, type });
  if (wanted.fingerprint === fingerprint) return null;
  return new AppError('HOST_KEY_CHANGED', { device, expected: wanted.fingerprint, fingerprint, type });
};
