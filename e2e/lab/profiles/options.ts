/** What one device has otherwise than its profile, mostly what is wrong with it. */
export interface DeviceOptions {
  /** False: no container engine is installed. */
  engine?: boolean;
  /** Podman beside Docker (profile debian). */
  podmanToo?: boolean;
  /** An HTTP proxy in the engine's environment (profiles balena and debian). */
  engineProxy?: string;
  /** False: containerd's config.toml names no folder of hosts (profile containerd). */
  configPath?: boolean;
  /** crictl, which speaks to containerd as Kubernetes does (profile containerd). */
  hasCrictl?: boolean;
  /** `/etc/docker`: no space left, or mounted read-only. */
  dockerFolder?: 'writable' | 'full' | 'read-only';
  /** The engine is a unit, `docker.service`, of a systemd of its own (profile debian). */
  hasSystemd?: boolean;
  /** The engine is a service, `docker`, of OpenRC, and there is no systemd (profile debian). */
  hasOpenRc?: boolean;
  /** The engine is dockerd without privileges, run by the person (profile debian). */
  isRootless?: boolean;
  /** The person is not in /etc/passwd, but where only NSS finds them, as users of a directory (profile podman). */
  isInDirectory?: boolean;
  /** Folders mounted read-only. */
  readOnly?: string[];
  /** What `date` on the device is off by; only `date`, not the clock of its daemons. */
  clockOffsetSeconds?: number;
  /** Programs that are not installed. */
  without?: string[];
  /** Replaces `admin ALL=(ALL:ALL) ALL` (profiles with sudo). */
  sudoers?: string;
  /** Login shell. */
  shell?: string;
  /** Lines of ~/.bashrc, which Debian's bash reads before a command that comes by SSH. */
  bashrc?: string[];
  /** Shown before the login. */
  banner?: string;
  /** Its avahi announces the computer itself, as `_workstation._tcp`. */
  workstation?: boolean;
  /** False: its avahi does not announce its SSH server (profiles on Debian). */
  announcesSsh?: boolean;
  /** How long sshd thinks about each key. */
  slowLoginSeconds?: number;
  /** How a password is asked for: plainly, or by PAM's questions (profiles with a password). */
  passwordBy?: 'password' | 'keyboard-interactive';
  /** Python, which Ansible needs (profile light). */
  hasPython?: boolean;
  /** The disk is kept when it goes off. */
  canReboot?: boolean;
  /** The cable goes through a relay that can delay, lose and cut (`Device.wire`). */
  hasWire?: boolean;
}
