import { connect } from 'node:net';
import type { ReachCheck } from '#shared/model/registry.ts';
import { hostPort } from '#shared/names.ts';
import { readCommand } from './commands.ts';
import { findFirewall, readSystemText } from './firewall.ts';
import type { FirewallQuestion, FirewallState } from './firewall.ts';

const connectTimeoutMs = 2000;

/** What became of a connection from this computer: `timeout` means that something drops the packets. */
type Attempt = 'answered' | 'refused' | 'timeout' | 'unreachable';

const attempt = (address: string, port: number, timeoutMs: number): Promise<Attempt> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (result: Attempt) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => end('timeout'));
    socket.once('connect', () => end('answered'));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ETIMEDOUT') return end('timeout');
      end(error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable');
    });
  });

const attemptProblems: Record<Exclude<Attempt, 'answered'>, string> = {
  refused: 'Nothing listens on {host}: the registry is stopped, or listens on another address',
  timeout: 'No answer from {host}: a firewall on this computer drops the packets',
  unreachable: 'This computer cannot reach {host}: the address may be gone',
};

/** A connection to oneself does not pass what a device has to pass, so the firewall's rules are asked too. */
const judge = (address: string, port: number, result: Attempt, firewall: FirewallState | null) => {
  const host = hostPort(address, port);
  if (result !== 'answered')
    return { address, isReachable: false, problem: attemptProblems[result].replace('{host}', host) };
  if (firewall?.verdict === 'blocked')
    return {
      address,
      isReachable: false,
      problem: `${host} answers on this computer, but ${firewall.name} keeps devices out`,
    };
  if (firewall?.verdict === 'unknown')
    return {
      address,
      isReachable: true,
      problem: `${host} answers on this computer; only an administrator can read whether ${firewall.name} lets devices in`,
    };
  return { address, isReachable: true, problem: '' };
};

/** Where nothing could be read, yet packets vanish. */
const lastResort = (platform: NodeJS.Platform, port: number): string =>
  platform === 'linux' ? `sudo iptables -I INPUT -p tcp --dport ${port} -j ACCEPT` : '';

/**
 * Connects to the port through each address of this computer and reads the firewall's rules. Proves what it
 * can from here; that a device gets through, only a device can prove.
 */
export const checkReach = async (
  wanted: { addresses: string[]; port: number },
  system: Partial<Omit<FirewallQuestion, 'port'>> & { timeoutMs?: number } = {},
): Promise<ReachCheck> => {
  const { addresses, port } = wanted;
  const { platform = process.platform, timeoutMs = connectTimeoutMs } = system;
  const { read = readCommand, readText = readSystemText, program = process.execPath } = system;
  const [attempts, firewall] = await Promise.all([
    Promise.all(addresses.map((address) => attempt(address, port, timeoutMs))),
    findFirewall({ port, platform, read, readText, program }),
  ]);
  const isDropped = attempts.includes('timeout');
  const isNeeded = isDropped || (firewall !== null && firewall.verdict !== 'open');
  return {
    addresses: addresses.map((address, index) =>
      judge(address, port, attempts[index] ?? 'unreachable', firewall),
    ),
    firewall: firewall?.name ?? null,
    remedy: isNeeded ? (firewall?.remedy ?? lastResort(platform, port)) : '',
  };
};
