import { createServer } from 'node:net';
import os from 'node:os';
import { AppError } from '#shared/errors.ts';
import type { PortCheck } from '#shared/model/registry.ts';
import { readCommand } from './commands.ts';
import type { ReadCommand } from './commands.ts';
import { describeHolder, findHolder } from './port-holder.ts';

/** Where the registry goes when its port is taken: 5443 looks like what it is, HTTPS for 5000. */
const firstProposal = 5443;
const proposals = 50;

/**
 * What must be bindable for `listen`. A wildcard is tried by family and on loopback too: macOS and Windows let
 * a wildcard stand beside a program on one address, which would then get our clients.
 */
const hostsToTry = (listen: string): string[] => {
  const v4 = ['0.0.0.0', '127.0.0.1'];
  if (listen === '::') return ['::', ...v4, '::1'];
  return listen === '0.0.0.0' ? v4 : [listen];
};

const noSuchFamily = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

/** Code of the system's refusal, null when it can be listened on. */
const tryListening = (port: number, host: string): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'UNKNOWN'));
    server.listen({ port, host, exclusive: true, ipv6Only: host === '::1' }, () =>
      server.close(() => resolve(null)),
    );
  });

/** First refusal that counts, null when the port is free. */
const refusal = async (port: number, listen: string): Promise<string | null> => {
  const hosts = hostsToTry(listen);
  for (const host of hosts) {
    const code = await tryListening(port, host);
    if (code !== null && (hosts.length === 1 || !noSuchFamily.has(code))) return code;
  }
  return null;
};

const propose = async (taken: number, listen: string): Promise<number | null> => {
  for (let port = firstProposal; port < firstProposal + proposals; port += 1) {
    if (port !== taken && (await refusal(port, listen)) === null) return port;
  }
  return null;
};

const ownAddressList = (): string =>
  Object.values(os.networkInterfaces())
    .flatMap((infos) => infos ?? [])
    .filter((info) => !info.address.startsWith('fe80'))
    .map((info) => info.address)
    .join(', ');

/**
 * Whether the registry could listen on `port` of `listen` (`::` and `0.0.0.0` mean all interfaces), by trying.
 * @throws LISTEN_ADDRESS when this computer has no such address
 */
export const checkPort = async (
  port: number,
  listen: string,
  system: { platform?: NodeJS.Platform; read?: ReadCommand; proc?: string } = {},
): Promise<PortCheck> => {
  const { platform = process.platform, read = readCommand, proc = '/proc' } = system;
  const code = await refusal(port, listen);
  if (code === null) return { port, isFree: true, holder: null, proposal: null };
  if (noSuchFamily.has(code)) throw new AppError('LISTEN_ADDRESS', { listen, choices: ownAddressList() });
  const proposal = await propose(port, listen);
  if (code === 'EACCES') return { port, isFree: false, holder: 'the system, which reserves it', proposal };
  const holder = await findHolder(port, { platform, read, proc });
  return { port, isFree: false, holder: holder && describeHolder(holder, platform), proposal };
};
