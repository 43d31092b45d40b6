import type { ErrorCode } from '#shared/errors.ts';
import { errorTexts, isErrorCode } from '#shared/errors.ts';
import type { Device, DeviceFacts } from '#shared/model/devices.ts';
import type { DeviceRow } from '#shared/model/fleet.ts';
import { titleBeside } from '../../error-view.ts';
import { formatDuration } from '../../format.ts';
import type { Tone } from '../../ui/state-dot.tsx';

export type TrustState = Device['trust']['state'];

/** How the trust of a device stands, as the table, Home and the device's page say it. */
export interface TrustView {
  state: TrustState;
  /** Code and title of what keeps it from being proven; the title does not say its name. */
  code: string | null;
  title: string;
}

export const trustOfDevice = ({ trust: { state, error } }: Device): TrustView => ({
  state,
  code: error?.code ?? null,
  title: error ? titleBeside(error) : '',
});

export const trustOfRow = ({ state, code, title, name }: DeviceRow): TrustView => ({
  state,
  code,
  title: code === null ? title : withoutName(code, title, name),
});

/** As `titleBeside`, for a title whose details are no longer at hand. */
const withoutName = (code: string, title: string, name: string): string => {
  const text = isErrorCode(code) ? errorTexts[code].title : '';
  const at = text.indexOf('{device}');
  if (at < 0) return title;
  if (at === 0 && title.startsWith(name)) return `It${title.slice(name.length)}`;
  // A device may be called by a word of the sentence: its name is the one behind what stands before it.
  const [lead = ''] = /[^}]*$/.exec(text.slice(0, at)) ?? [];
  const found = title.indexOf(lead + name);
  if (found < 0) return title;
  const from = found + lead.length;
  return `${title.slice(0, from)}this device${title.slice(from + name.length)}`;
};

export const TRUST_STATES: TrustState[] = ['proven', 'unproven', 'outdated', 'drifted', 'failed', 'none'];

const STATES: Record<TrustState, { tone: Tone; label: string }> = {
  proven: { tone: 'ok', label: 'Can pull' },
  unproven: { tone: 'warn', label: 'Not proven' },
  outdated: { tone: 'warn', label: 'Outdated' },
  drifted: { tone: 'warn', label: 'Drifted' },
  failed: { tone: 'bad', label: 'Failing' },
  none: { tone: 'idle', label: 'No trust yet' },
};

/** The state of a device's trust in colour and words. */
export const stateWords = (state: TrustState): { tone: Tone; label: string } => STATES[state];

const ENGINES: Record<DeviceFacts['engines'][number]['kind'], string> = {
  'balena-engine': 'balenaEngine',
  docker: 'Docker',
  'docker-rootless': 'Docker, rootless',
  podman: 'Podman',
  'podman-rootless': 'Podman, rootless',
  containerd: 'containerd',
  system: 'System trust store',
};

export const engineName = (kind: string): string => ENGINES[kind as keyof typeof ENGINES] ?? kind;

/** `docker 24.0` as name and version. */
export const engineWords = (engine: string): { name: string; detail: string } => {
  const [kind = '', ...version] = engine.split(' ');
  return { name: engineName(kind), detail: version.join(' ') };
};

/** What a person sees first of a device that cannot pull: why. */
export const causeOf = ({ state, code, title }: TrustView): string | null => {
  if (state === 'proven') return null;
  if (code !== null) return title;
  if (state === 'none') return 'Trust was not pushed yet';
  if (state === 'unproven') return 'Files are in place, no pull has proven them';
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
  'CONTAINERD_NO_CONFIG_PATH',
  'PROOF_FAILED',
  'PROOF_NOT_SEEN',
  'PULL_FAILED',
  'PULL_PROXY',
  'PULL_TIMEOUT',
  'NAME_REFUSED',
  'NAME_UNREACHABLE',
  'NAME_NOT_RESOLVED',
]);

export const remedyFor = ({ state, code: text }: TrustView): Remedy | null => {
  const code = text !== null && isErrorCode(text) ? text : null;
  if (state === 'proven') return null;
  if (code && KEY_CODES.has(code)) return { kind: 'open', label: 'Check host key', tab: 'connection' };
  if (code && LOGIN_CODES.has(code)) return { kind: 'open', label: 'Change login', tab: 'connection' };
  if (code === 'FOREIGN_FILE') return { kind: 'open', label: 'Show plan', tab: 'files' };
  if (state === 'outdated' || (state === 'none' && !code)) return { kind: 'push', label: 'Push trust' };
  if (state === 'drifted') return { kind: 'push', label: 'Repair' };
  if (state === 'unproven' || (code && VERIFY_CODES.has(code))) return { kind: 'verify', label: 'Verify' };
  return { kind: 'push', label: 'Try again' };
};

/** `12 s behind`, `41 days ahead`, or null when it does not matter. */
export const clockWords = (offsetSeconds: number): string | null => {
  const size = Math.abs(offsetSeconds);
  if (size < 5) return null;
  const words = size < 172_800 ? formatDuration(size) : `${Math.round(size / 86_400)} days`;
  return `${words} ${offsetSeconds < 0 ? 'behind' : 'ahead'}`;
};
