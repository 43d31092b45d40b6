/** Own time limits and widths of all device connections; the operating system's are minutes long. */
export interface SshLimits {
  /** To find the addresses of a name. */
  resolveMs: number;
  /** To open the TCP connection. */
  connectMs: number;
  /** How long an earlier port may still answer once a later one has. */
  preferMs: number;
  /** From the first byte to the accepted login; a refused password alone takes PAM 3 s. */
  loginMs: number;
  /** For everything on one connection. */
  deviceMs: number;
  keepaliveMs: number;
  keepaliveTries: number;
  /** TCP connections opened at a time, over all devices. */
  dials: number;
  /** Logged-in connections at a time, of work that has no places of its own. */
  sessions: number;
  /** How long a connection is kept after a run, in case another follows. */
  keepMs: number;
  /** How long one that was kept may take to answer, beside its round trip. */
  aliveMs: number;
  /** Connections kept so. */
  kept: number;
}

export const defaultLimits: SshLimits = {
  resolveMs: 5000,
  connectMs: 6000,
  preferMs: 400,
  loginMs: 20_000,
  deviceMs: 15 * 60_000,
  keepaliveMs: 5000,
  keepaliveTries: 3,
  dials: 300,
  sessions: 32,
  keepMs: 20_000,
  aliveMs: 250,
  kept: 256,
};
