import type net from 'node:net';
import { AppError } from '#shared/errors.ts';
import { hostPort } from '#shared/names.ts';
import { dial, type Dialled } from './dial.ts';
import type { Login } from './credential.ts';
import { type HostKeyOffer, hostKeyTypes } from './host-keys.ts';
import type { SshLimits } from './limits.ts';
import { type Link, logIn, type LoginTarget } from './login.ts';
import { meet } from './meet.ts';
import { resolveAddress, type ResolveLocal } from './resolve.ts';
import { createSlots } from '#electron/slots.ts';

/** Where a device is. Port null: the ports balenaOS and everyone else use are tried. */
export interface Place {
  label: string;
  address: string;
  port: number | null;
}

export interface Connection extends Link {
  port: number;
  /** How long its TCP connection took to open, in milliseconds: a round trip at least. */
  openedInMs: number;
  /** Gives its place to the next device; the connection stays. */
  giveBack(): void;
  /** Ends the connection and gives its place to the next device. */
  close(): void;
}

export interface ConnectOptions {
  signal: AbortSignal;
  onPhase?: (title: string) => void;
  /** Whoever has not got a place yet when this fires shall not begin: its reason is thrown. */
  held?: AbortSignal;
  /** How to get a place; default: one of our own. */
  enter?: (signal: AbortSignal) => Promise<() => void>;
}

export interface Contact {
  port: number;
  /** Best type first. */
  hostKeys: HostKeyOffer[];
  banner: string;
}

export interface Connector {
  /** @throws AppError as `resolveAddress`, `dial` and `logIn` */
  connect(
    place: Place,
    target: { login: Login; pinned: readonly HostKeyOffer[]; judge?: LoginTarget['judge'] },
    options: ConnectOptions,
  ): Promise<Connection>;
  /** Meets a device without logging in and asks for one key, of the given types if it has one: one connection. */
  meet(
    place: Place,
    options: { preferred: readonly string[]; signal: AbortSignal },
  ): Promise<{ port: number; hostKey: HostKeyOffer }>;
  /** The same for each type of key in turn. */
  contact(place: Place, signal: AbortSignal): Promise<Contact>;
}

type Opened = Dialled & Pick<Connection, 'openedInMs'>;

const usualPorts = [22222, 22] as const;

/** A server gives up on a silent connection; one that waited longer than this in line is opened anew. */
const freshMs = 10_000;

/**
 * Connects to devices under the limits given: TCP connections open in a wide pool before they wait in the narrow
 * line of logins, so that a dead device costs nobody else any time.
 */
export const createConnector = (needs: { resolveLocal: ResolveLocal; limits: SshLimits }): Connector => {
  const { resolveLocal, limits } = needs;
  const dials = createSlots(limits.dials);
  const sessions = createSlots(limits.sessions);

  const open = async (place: Place, ports: readonly number[], signal: AbortSignal): Promise<Opened> => {
    const { label, address } = place;
    const giveBack = await dials.take(signal);
    try {
      const addresses = await resolveAddress(address, {
        resolveLocal,
        timeoutMs: limits.resolveMs,
        signal,
      });
      const since = performance.now();
      const dialled = await dial({ label, address, addresses, ports }, { signal, ...limits });
      return { ...dialled, openedInMs: performance.now() - since };
    } finally {
      giveBack();
    }
  };

  /** Tries the next usual port when something else than SSH answers on the first. */
  const overPorts = async <T>(
    place: Place,
    attempt: (ports: readonly number[]) => Promise<T>,
  ): Promise<T> => {
    if (place.port !== null) return attempt([place.port]);
    try {
      return await attempt(usualPorts);
    } catch (error) {
      const isOther = error instanceof AppError && error.code === 'DEVICE_NOT_SSH';
      const rest = usualPorts.filter((port) => isOther && port !== error.details.port);
      if (rest.length === 0) throw error;
      return attempt(rest).catch((again: unknown) => {
        throw again instanceof AppError && again.code === 'DEVICE_REFUSED' ? error : again;
      });
    }
  };

  const whenFree = async (
    place: Place,
    ports: readonly number[],
    options: ConnectOptions,
  ): Promise<Opened & { giveBack: () => void }> => {
    const { signal, onPhase, held, enter = sessions.take } = options;
    onPhase?.('Connect');
    const until = held ? AbortSignal.any([signal, held]) : signal;
    const dialled = await open(place, ports, until).catch((error: unknown) => {
      throw held?.aborted && !signal.aborted ? held.reason : error;
    });
    const since = performance.now();
    const giveBack = await enter(signal).catch((error: unknown) => {
      dialled.socket.destroy();
      throw error;
    });
    if (performance.now() - since < freshMs) return { ...dialled, giveBack };
    dialled.socket.destroy();
    try {
      return { ...(await open(place, [dialled.port], signal)), giveBack };
    } catch (error) {
      giveBack();
      throw error;
    }
  };

  /** The first meeting: what is there, and which key it shows. */
  const meetFirst = async (
    place: Place,
    ports: readonly number[],
    options: { preferred?: readonly string[]; signal: AbortSignal },
  ): Promise<{ port: number; hostKey: HostKeyOffer; banner: string }> => {
    const { label: device, address } = place;
    const { socket, port } = await open(place, ports, options.signal);
    const { banner, hostKey } = await meet(socket, { ...options, timeoutMs: limits.loginMs });
    if (banner === '') throw new AppError('DEVICE_NOT_SSH', { device, place: hostPort(address, port), port });
    if (hostKey === null) throw new AppError('DEVICE_HANDSHAKE', { device });
    return { port, hostKey, banner };
  };

  const leave = async (link: Link, socket: net.Socket): Promise<void> => {
    await link.parting.done;
    link.client.end();
    // A device that does not close its side must not keep the connection.
    setTimeout(() => socket.destroy(), 1000).unref();
  };

  return {
    connect(place, target, options) {
      return overPorts(place, async (ports) => {
        const { socket, port, openedInMs, giveBack } = await whenFree(place, ports, options);
        try {
          options.onPhase?.('Identify');
          const { label, address } = place;
          const link = await logIn(
            socket,
            { label, address, port, ...target },
            { limits, signal: options.signal },
          );
          link.lost.addEventListener('abort', giveBack, { once: true });
          return { ...link, port, openedInMs, giveBack, close: () => void leave(link, socket) };
        } catch (error) {
          giveBack();
          throw error;
        }
      });
    },

    meet: (place, options) => overPorts(place, (ports) => meetFirst(place, ports, options)),

    contact(place, signal) {
      return overPorts(place, async (ports) => {
        const { port, hostKey, banner } = await meetFirst(place, ports, { signal });
        const others = hostKeyTypes.filter((type) => type !== hostKey.type);
        const hostKeys = [hostKey];
        // One after the other: a server counts the connections that leave without a login against us.
        for (const type of others) {
          const again = await open(place, [port], signal);
          const options = { type, timeoutMs: limits.loginMs, signal };
          const { hostKey: other } = await meet(again.socket, options);
          if (other !== null) hostKeys.push(other);
        }
        return { port, banner, hostKeys };
      });
    },
  };
};
