import { AppError } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import type { DeviceSession } from './session.ts';
import type { Connection, Connector } from './ssh/connector.ts';
import type { Credentials } from './ssh/credential.ts';
import type { HostKeyOffer } from './ssh/host-keys.ts';
import type { SshLimits } from './ssh/limits.ts';
import type { LoginTarget } from './ssh/login.ts';
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

export interface VisitOptions {
  signal: AbortSignal;
  onPhase?: (title: string) => void;
}

const asSession = (connection: Connection, visit: Visit, lifetime: AbortSignal): OpenVisit => {
  let last: Promise<unknown> = Promise.resolve();
  const target = { label: visit.label, user: visit.user, sudoPassword: visit.login.sudoPassword };
  return {
    port: connection.port,
    hostKey: connection.hostKey,
    run(body, { signal, timeoutMs, onRecord }) {
      const ends = signal ? AbortSignal.any([signal, lifetime]) : lifetime;
      const options = { signal: ends, timeoutMs, ...(onRecord && { onRecord }) };
      const run = last.then(() => runScript(connection, target, body, options));
      last = run.catch(() => undefined);
      return run;
    },
    close: () => connection.close(),
  };
};

/** Opens sessions: parses the key first, then connects, and bounds everything by the device's time limit. */
export const createVisits = (needs: {
  connector: Connector;
  credentials: Credentials;
  limits: SshLimits;
}) => {
  const { connector, credentials, limits } = needs;

  /** @throws AppError as `Devices.connect` */
  return async (visit: Visit, options: VisitOptions): Promise<OpenVisit> => {
    const { label, address, port, user, pinned, judge } = visit;
    const login = await credentials.login(user, visit.login.credential);
    const details = { device: label, seconds: limits.deviceMs / 1000, phase: 'finish' };
    const lifetime = new AbortController();
    const connection = await connector.connect(
      { label, address, port },
      { login, pinned, ...(judge && { judge }) },
      options,
    );
    const timer = setTimeout(() => lifetime.abort(new AppError('DEVICE_TIMEOUT', details)), limits.deviceMs);
    connection.lost.addEventListener('abort', () => clearTimeout(timer), { once: true });
    return asSession(connection, visit, AbortSignal.any([options.signal, lifetime.signal]));
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
