import type { AppStatus } from '#shared/model/app.ts';
import { hostPort } from '#shared/names.ts';
import { formatDays, plural } from '../format.ts';
import type { Tone } from '../ui/state-dot.tsx';

export interface Line {
  tone: Tone;
  label: string;
}

/** The name devices use first, with the port: `registry.local:5000`. */
export const mainReference = ({ names, registry }: Pick<AppStatus, 'names' | 'registry'>): string =>
  names.references[0] ?? hostPort(names.names[0]?.name ?? 'localhost', registry.port);

/** The registry in one line: state first, then what limits it. */
export const registryLine = (status: Pick<AppStatus, 'names' | 'registry'>): Line => {
  const reference = mainReference(status);
  switch (status.registry.state) {
    case 'absent':
    case 'stopped':
      return { tone: 'idle', label: `${reference} is stopped` };
    case 'starting':
      return { tone: 'busy', label: `${reference} is starting` };
    case 'restarting':
      return { tone: 'warn', label: `${reference} is restarting` };
    case 'failed':
      return { tone: 'bad', label: status.registry.error?.title ?? `${reference} failed` };
    case 'serving':
      return servingLine(status, reference);
  }
};

const servingLine = ({ names }: Pick<AppStatus, 'names'>, reference: string): Line => {
  const conflict = names.names.find((name) => name.state === 'conflict');
  if (conflict) {
    return {
      tone: 'warn',
      label: `${conflict.name} is also used by ${conflict.holder ?? 'another computer'}`,
    };
  }
  if (names.addresses.length === 0)
    return { tone: 'warn', label: `${reference} serving · no network address` };
  const words = plural(names.addresses.length, 'address', 'addresses');
  return { tone: 'ok', label: `${reference} serving · ${words}` };
};

export const certificateLine = ({ state, daysLeft }: AppStatus['certificate']): Line => {
  switch (state) {
    case 'missing':
      return { tone: 'bad', label: 'no certificate' };
    case 'expired':
      return { tone: 'bad', label: 'certificate expired' };
    case 'expiring':
      return { tone: 'warn', label: `certificate ends in ${formatDays(daysLeft ?? 0)}` };
    case 'valid':
      return { tone: 'ok', label: `certificate ${formatDays(daysLeft ?? 0)}` };
  }
};
