import type net from 'node:net';
import ssh2 from 'ssh2';
import { sshAlgorithms } from '#electron/algorithms.ts';
import { AppError } from '#shared/errors.ts';
import { type HostKeyOffer, onlyType, preferTypes, readHostKey } from './host-keys.ts';

/** What a device shows to anyone: the host key of one type, and how its server introduces itself. */
export interface Meeting {
  /** Null when the device has no key of the types asked for. */
  hostKey: HostKeyOffer | null;
  /** For example `SSH-2.0-OpenSSH_9.2p1 Debian-2`; empty when it is no SSH server. */
  banner: string;
}

const longestBanner = 255;

const findBanner = (text: string): string =>
  /^SSH-[12]\.[^\r\n]*/m.exec(text)?.[0].slice(0, longestBanner) ?? '';

/**
 * Shakes hands up to the host key and leaves before any login. The socket is destroyed.
 * @param type ask for a host key of this type alone; default: the best one there is
 * @param preferred types to ask for first
 * @throws AppError CANCELLED
 */
export const meet = (
  socket: net.Socket,
  options: { type?: string; preferred?: readonly string[]; timeoutMs: number; signal: AbortSignal },
): Promise<Meeting> =>
  new Promise((resolve, reject) => {
    const { type, preferred = [], timeoutMs, signal } = options;
    const client = new ssh2.Client();
    const meeting: Meeting = { hostKey: null, banner: '' };
    let heard = '';

    const listen = (chunk: Buffer) => {
      heard = (heard + chunk.toString('latin1')).slice(0, 4096);
      meeting.banner = findBanner(heard);
    };
    const end = () => {
      signal.removeEventListener('abort', end);
      client.destroy();
      socket.destroy();
      if (signal.aborted) reject(new AppError('CANCELLED'));
      else resolve(meeting);
    };
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
    client.on('error', end);
    client.on('close', end);
    client.connect({
      sock: socket,
      username: 'mooring',
      algorithms: {
        ...sshAlgorithms,
        serverHostKey: type === undefined ? preferTypes(preferred) : onlyType(type),
      },
      hostVerifier: (blob: Buffer) => {
        meeting.hostKey = readHostKey(blob);
        return false;
      },
      readyTimeout: timeoutMs,
    });
    socket.on('data', listen);
  });
