import type { ErrorCode } from '#shared/errors.ts';
import type { Device, DeviceFacts } from '#shared/model/devices.ts';
import { titleBeside } from '../../error-view.ts';
import { formatDuration } from '../../format.ts';
import type { Tone } from '../../ui/state-dot.tsx';

type TrustState = Device['trust']['state'];

const STATES: Record<TrustState, { tone: Tone; label: string }> = {
  proven: { tone: 'ok', label: 'Can pull' },
  unproven: { tone: 'warn', label: 'Not proven' },
  drifted: { tone: 'warn', label: 'Drifted' },
  failed: { tone: 'bad', label: 'Failing' },
  none: { tone: 'idle', label: 'No trust yet' },
};

/** The state of a device's trust in colour and words. */
export const stateOf = (device: Device): { tone: Tone; label: string } => STATES[device.trust.state];

const ENGINES: Record<DeviceFacts['engines'][number]['kind'], string> = {
  'balena-engine': 'balenaEngine',
  docker: 'Docker',
  'docker-rootless': 'Docker, rootless',
  podman: 'Podman',
  'podman-rootless': 'Podman, rootless',
  containerd: 'containerd',
  system: 'Operating system',
};

export const engineName = (kind: string): string => ENGINES[kind as keyof typeof ENGINES] ?? kind;

/** The first engine that runs, with version; null before facts were read. */
export const engineOf = (device: Device): { name: string; detail: string } | null => {
  if (!device.facts) return null;
  const { engines } = device.facts;
  const engine = engines.find((candidate) => candidate.isRunning) ?? engines[0];
  if (!engine) return { name: 'No engine', detail: '' };
  return {
    name: engineName(engine.kind),
    detail: engine.version + (engine.isRunning ? '' : ', not running'),
  };
};

/** What a person sees first of a device that cannot pull: why. */
export const causeOf = (device: Device): string | null => {
  if (device.trust.state === 'proven') return null;
  if (device.trust.error) return titleBeside(device.trust.error);
  if (device.trust.state === 'none') return 'Trust was not pushed yet';
  if (device.trust.state === 'unproven') return 'Files are in place, no pull has proven them';
  return null;
};

/** The one thing to do about a device that cannot pull. */
export type Remedy =
  | { kind: 'push' | 'verify'; label: string }
  | { kind: 'open'; label: string; tab: 'overview' | 'files' | 'connection' };

const LOGIN_CODES = new Set<ErrorCode>([
  'AUTH_REFUSED',
  'AUTH_KEY_UNREADABLE',
  'AUTH_KEY_LOCKED',
  'AUTH_AGENT_MISSING',
  'SUDO_PASSWORD_WRONG',
  'SUDO_PASSWORD_NEEDED',
  'SUDO_DENIED',
  'SUDO_NEEDS_TTY',
  'PERMISSION_DENIED',
]);
const KEY_CODES = new Set<ErrorCode>(['HOST_KEY_UNKNOWN', 'HOST_KEY_CHANGED']);
/** The files stand: proving them again is enough. */
const VERIFY_CODES = new Set<ErrorCode>([
  'NO_ENGINE',
  'ENGINE_NOT_RUNNING',
  'PROOF_FAILED',
  'PROOF_NOT_SEEN',
  'PULL_FAILED',
  'PULL_TIMEOUT',
  'NAME_REFUSED',
  'NAME_UNREACHABLE',
  'NAME_NOT_RESOLVED',
]);

export const remedyFor = (device: Device): Remedy | null => {
  const { state, error } = device.trust;
  if (state === 'proven') return null;
  if (error && KEY_CODES.has(error.code)) {
    return { kind: 'open', label: 'Check host key', tab: 'connection' };
  }
  if (error && LOGIN_CODES.has(error.code)) return { kind: 'open', label: 'Change login', tab: 'connection' };
  if (error?.code === 'FOREIGN_FILE') return { kind: 'open', label: 'Show plan', tab: 'files' };
  if (state === 'none' && !error) return { kind: 'push', label: 'Push trust' };
  if (state === 'drifted') return { kind: 'push', label: 'Repair' };
  if (state === 'unproven' || (error && VERIFY_CODES.has(error.code)))
    return { kind: 'verify', label: 'Verify' };
  return { kind: 'push', label: 'Try again' };
};

/** Devices whose name, address, engine, state or cause contains every word of the filter, in the order of names. */
export const filterDevices = (devices: Device[], filter: string): Device[] => {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (device: Device) =>
    [
      device.name,
      device.address,
      Object.values(engineOf(device) ?? {}).join(' '),
      stateOf(device).label,
      causeOf(device) ?? '',
      device.facts?.os ?? '',
    ]
      .join('\n')
      .toLowerCase();
  return devices
    .filter((device) => words.every((word) => text(device).includes(word)))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
};

/** `12 s behind`, `41 days ahead`, or null when it does not matter. */
export const clockWords = (offsetSeconds: number): string | null => {
  const size = Math.abs(offsetSeconds);
  if (size < 5) return null;
  const words = size < 172_800 ? formatDuration(size) : `${Math.round(size / 86_400)} days`;
  return `${words} ${offsetSeconds < 0 ? 'behind' : 'ahead'}`;
};

const URGENCY: TrustState[] = ['failed', 'drifted', 'unproven', 'none', 'proven'];

/** Devices that cannot pull, the worst first. */
export const cannotPull = (devices: Device[]): Device[] =>
  devices
    .filter((device) => device.trust.state !== 'proven')
    .sort(
      (a, b) =>
        URGENCY.indexOf(a.trust.state) - URGENCY.indexOf(b.trust.state) ||
        a.name.localeCompare(b.name, 'en', { numeric: true }),
    );
