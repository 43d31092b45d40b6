import { AppError } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import type { DeviceSession } from './session.ts';
import type { Kept } from './kept.ts';
import type { Connection, ConnectOptions, Connector } from './ssh/connector.ts';
import type { Credentials } from './ssh/credential.ts';
import type { HostKeyOffer } from './ssh/host-keys.ts';
import type { SshLimits } from './ssh/limits.ts';
import type { LoginTarget } from './ssh/login.ts';
import { isAlive } from './ssh/is-alive.ts';
import { runScript } from './ssh/run-script.ts';
import type { StoredLogin } from './stored-login.ts';

/** A device to connect to, stored or about to be. */
export interface Visit {
  label: string;
  address: string;
  port: number | null;
  user: string;
  login: StoredLogin;
  pinned: readonly HostKeyOffer[];
  judge?: LoginTarget['judge'];
}

/** A session that does not know yet which stored device it belongs to. */
export interface OpenVisit extends Omit<DeviceSession, 'device'> {
  hostKey: HostKeyOffer;
}

export interface VisitOptions extends ConnectOptions {
  /** The connection is kept for a while when this visit ends well, and one that was kept is taken. */
  isKept?: boolean;
}

const asSession = (
  connection: Connection,
  visit: Visit,
  lifetime: AbortSignal,
  close: (isWell: boolean) => void,
): OpenVisit => {
  let isWell = true;
  let last: Promise<unknown> = Promise.resolve();
  const target = { label: visit.label, user: visit.user, sudoPassword: visit.login.sudoPassword };
  return {
    port: connection.port,
    hostKey: connection.hostKey,
    run(body, { signal, ...options }) {
      const ends = signal ? AbortSignal.any([signal, lifetime]) : lifetime;
      const run = last.then(() => runScript(connection, target, body, { ...options, signal: ends }));
      last = run.catch(() => {
        isWell = false;
      });
      return run;
    },
    close: () => close(isWell && !lifetime.aborted && !connection.lost.aborted),
  };
};

/** The round trip of a connection was measured while others opened, too. */
const longestRoundTripMs = 1000;

/** Opens sessions: parses the key first, then connects, and bounds everything by the device's time limit. */
export const createVisits = (needs: {
  connector: Connector;
  credentials: Credentials;
  limits: SshLimits;
  kept: Kept;
}) => {
  const { connector, credentials, limits, kept } = needs;

  const dial = async (visit: Visit, options: VisitOptions): Promise<Connection> => {
    const { label, address, port, user, pinned, judge } = visit;
    const login = await credentials.login(user, visit.login.credential);
    const target = { login, pinned, ...(judge && { judge }) };
    return connector.connect({ label, address, port }, target, options);
  };

  /** A connection that was kept needs a place again, and a sign of life: the device may have been unplugged. */
  const takeKept = async (visit: Visit, { signal, enter }: VisitOptions): Promise<Connection | null> => {
    const connection = kept.take(visit);
    if (connection === null) return null;
    const giveBack = await enter?.(signal).catch((error: unknown) => {
      connection.close();
      throw error;
    });
    const roundTripMs = Math.min(3 * connection.openedInMs, longestRoundTripMs);
    if (await isAlive(connection.client, limits.aliveMs + roundTripMs)) {
      if (giveBack) connection.lost.addEventListener('abort', giveBack, { once: true });
      return { ...connection, giveBack: () => giveBack?.() };
    }
    giveBack?.();
    connection.close();
    return null;
  };

  /** @throws AppError as `Devices.connect` */
  return async (visit: Visit, options: VisitOptions): Promise<OpenVisit> => {
    const { signal, isKept = false } = options;
    const details = { device: visit.label, seconds: limits.deviceMs / 1000, phase: 'finish' };
    const lifetime = new AbortController();
    const connection = (isKept && (await takeKept(visit, options))) || (await dial(visit, options));
    const timer = setTimeout(() => lifetime.abort(new AppError('DEVICE_TIMEOUT', details)), limits.deviceMs);
    connection.lost.addEventListener('abort', () => clearTimeout(timer), { once: true });
    const close = (isWell: boolean): void => {
      clearTimeout(timer);
      if (!isKept || !isWell) return connection.close();
      connection.giveBack();
      kept.put(visit, connection);
    };
    return asSession(connection, visit, AbortSignal.any([signal, lifetime.signal]), close);
  };
};

export type OpenVisits = ReturnType<typeof createVisits>;

/** What a stored device needs to be visited. */
export const visitOf = (device: Device, login: StoredLogin): Visit => ({
  label: device.name,
  address: device.address,
  port: device.port,
  user: device.user,
  login,
  pinned: device.hostKeys,
});
