import type { Device } from '#shared/model/devices.ts';

/** How one script ended on a device. */
export interface ScriptEnd {
  /** Everything it emitted, unchecked: parse by schema. */
  records: unknown[];
  /** The end record came. Without it nothing may be concluded beyond the records themselves. */
  isComplete: boolean;
  /** What else the device printed (stdout and stderr), at most 256 KiB: text to show, never to interpret. */
  output: string;
}

/** A logged-in connection to one device, on which scripts run as root. */
export interface DeviceSession {
  device: Device;
  /** The port that answered. */
  port: number;
  /**
   * Runs a script body as root. It is framed here (see `frameScript`) with a fresh nonce and a watchdog a little
   * longer than `timeoutMs`, so pass the bare body, and constant `functions` it calls, which a device is sent once a
   * connection. Both may become visible in the device's process list: no secrets.
   * Runs on one session come one after the other; a run that is cancelled or too late ends the session.
   * @throws AppError DEVICE_TIMEOUT, DEVICE_LINK_LOST, DEVICE_OUTPUT_INVALID, SCRIPT_NOT_RUN, SUDO_*, CANCELLED
   */
  run(
    body: string,
    options: {
      signal?: AbortSignal;
      timeoutMs: number;
      functions?: string;
      onRecord?: (record: unknown) => void;
    },
  ): Promise<ScriptEnd>;
  close(): void;
}
