import type { DeviceRun, TrustChange, TrustRun } from '#shared/model/trust.ts';
import { plural, table } from './output.ts';

const signs: Record<DeviceRun['outcome'], string> = {
  planned: '+',
  changed: '✓',
  unchanged: '=',
  verified: '✓',
  drifted: '!',
  failed: '✕',
  cancelled: '-',
};

const changeSigns = {
  ...{ create: '+', replace: '~', remove: '-', restore: '<', keep: ' ' },
  ...{ restart: '↻', 'restart-failed': '✕' },
} as const satisfies Record<TrustChange['action'], string>;

const summaryLine = (summary: TrustRun['summary'], seconds: number): string => {
  const { total, changed, unchanged, failed, cancelled, notStarted } = summary;
  const rest = [cancelled > 0 && `${cancelled} cancelled`, notStarted > 0 && `${notStarted} not begun`];
  const parts = [`${changed} changed`, `${unchanged} unchanged`, `${failed} failed`, ...rest].filter(Boolean);
  return `${plural(total, 'device')}: ${parts.join(', ')}, in ${seconds.toFixed(1)} s`;
};

/** Named only where there is more than one. */
const engineOf = ({ proofs }: DeviceRun, runtime: string, user: string | null): string => {
  const engines = new Set(proofs.map((proof) => `${proof.runtime} ${proof.user ?? ''}`));
  if (engines.size < 2) return '';
  return user === null ? runtime : `${runtime} of ${user}`;
};

/** A run as a person reads it: each device with what was done there, and sums. */
export const runLines = ({ devices, summary, seconds }: TrustRun): string[] => [
  ...devices.flatMap((device) => [
    `${signs[device.outcome]} ${device.name} (${device.address})  ${device.outcome}${device.message ? `: ${device.message}` : ''}`,
    ...table(
      device.changes.map(({ action, path, note }) => [`    ${changeSigns[action]} ${action}`, path, note]),
    ),
    ...table(
      device.proofs.map(({ name, runtime, user, isProven, message }) => [
        `    ${isProven ? '●' : '○'} ${name}`,
        engineOf(device, runtime, user),
        isProven ? 'pulls' : message,
      ]),
    ),
    ...device.targets.flatMap(({ folder, state, note }) =>
      state === 'unavailable' ? [`    ! ${folder}: ${note}`] : [],
    ),
    ...device.findings.flatMap(({ title, next, path, canRepair }) => [
      `    ? ${title}`,
      `      ${canRepair ? `${next} --repair ${path}` : next}`,
    ]),
    ...device.warnings.map(({ title }) => `    ! ${title}`),
    ...(device.next ? [`    → ${device.next}`] : []),
  ]),
  summaryLine(summary, seconds),
];

const bad: DeviceRun['outcome'][] = ['failed', 'drifted', 'cancelled'];

/** 1 when a device failed, was drifted, cancelled or left out. */
export const exitCodeOf = ({ devices }: TrustRun): 0 | 1 =>
  devices.some(({ outcome }) => bad.includes(outcome)) ? 1 : 0;
