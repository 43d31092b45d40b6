import dns from 'node:dns/promises';
import net from 'node:net';
import { isMdnsName } from '#shared/names.ts';
import { AppError } from '#shared/errors.ts';

/** How `.local` names are found: by our own mDNS. */
export type ResolveLocal = (
  hostName: string,
  options: { timeoutMs: number; signal: AbortSignal },
) => Promise<string[]>;

const isIp = (address: string): boolean => net.isIP(address.replace(/%.*$/, '')) !== 0;

/** A link-local IPv6 address means nothing without the interface it belongs to. */
const isUsable = (address: string): boolean => !/^fe80:[^%]*$/i.test(address);

const byFamily = (a: string, b: string): number => Number(a.includes(':')) - Number(b.includes(':'));

const askSystem = async (name: string, signal: AbortSignal): Promise<string[]> => {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('too late')), { once: true });
  });
  const found = await Promise.race([dns.lookup(name, { all: true }), aborted]);
  return found.map(({ address }) => address);
};

/**
 * The IP addresses of what a person typed, IPv4 first. `.local` is asked by mDNS, and of the system when nobody answers.
 * @throws AppError DEVICE_NAME_UNKNOWN, CANCELLED
 */
export const resolveAddress = async (
  address: string,
  options: { resolveLocal: ResolveLocal; timeoutMs: number; signal: AbortSignal },
): Promise<string[]> => {
  if (isIp(address)) return [address];
  const { resolveLocal, timeoutMs, signal } = options;
  const name = address.toLowerCase().replace(/\.$/, '');
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let cause: unknown;
  let found: string[] = [];
  try {
    if (isMdnsName(name)) found = await resolveLocal(name, { timeoutMs: timeoutMs * 0.6, signal: limit });
    found = found.filter(isUsable);
    if (found.length === 0) found = (await askSystem(name, limit)).filter(isUsable);
  } catch (error) {
    cause = error;
  }
  if (signal.aborted) throw new AppError('CANCELLED');
  if (found.length === 0) throw new AppError('DEVICE_NAME_UNKNOWN', { address }, { cause, retryable: true });
  return [...new Set(found)].sort(byFamily);
};
