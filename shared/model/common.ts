import { z } from 'zod';

/** An instant, ISO 8601 in UTC. */
export const instant = z.iso.datetime();
/** SHA-256 of a certificate in DER, upper-case hex pairs joined by colons (as openssl prints it). */
export const certFingerprint = z.string().regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
/** SHA-256 of bytes, 64 lower-case hex digits. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
/** `SHA256:` and unpadded base64, as ssh-keygen prints it. */
export const sshFingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, {
  error: 'a fingerprint looks like SHA256:… with 43 characters, as ssh-keygen -l prints it',
});
/** OCI digest. */
export const digest = z.string().regex(/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/);
export const ipAddress = z.union([z.ipv4(), z.ipv6()], {
  error: 'give an IP address, for example 192.168.1.20',
});
const portRule = { error: 'a port is a whole number from 1 to 65535' };
export const portNumber = z.int(portRule).min(1, portRule).max(65535, portRule);
const idRule = { error: 'give an id, as a list shows it' };
export const id = z.string(idRule).min(1, idRule).max(64, idRule);
/** A whole number of a unit, for example of days, that says its limits when it is refused. */
export const wholeNumber = (low: number, high: number, unit: string) => {
  const rule = { error: `give whole ${unit}, ${low} to ${high}` };
  return z.int(rule).min(low, rule).max(high, rule);
};
