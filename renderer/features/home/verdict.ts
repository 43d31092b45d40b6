import type { AppStatus } from '#shared/model/app.ts';
import { certificateLine, registryLine, type Line } from '../../app/status-line.ts';
import { formatCount, plural } from '../../format.ts';
import type { TrustState } from '../devices/device-view.ts';

/** Whether all is fine, in one sentence: what keeps every device from pulling comes before what keeps some. */
export const verdictOf = (status: AppStatus): Line => {
  const { registry, certificate } = status;
  const line = registryLine(status);
  if (registry.state === 'starting' || registry.state === 'restarting') return line;
  if (registry.state !== 'serving')
    return {
      tone: 'bad',
      label: `Nothing can be pulled: the registry ${registry.state === 'failed' ? 'failed' : 'is stopped'}`,
    };
  if (certificate.state === 'missing' || certificate.state === 'expired')
    return { tone: 'bad', label: `Nothing can be pulled: ${certificateLine(certificate).label}` };
  if (line.tone !== 'ok') return line;
  return devicesLine(status);
};

const devicesLine = ({ devices, certificate }: AppStatus): Line => {
  const { total, proven, failed, outdated, drifted, unproven } = devices;
  if (total === 0) return { tone: 'ok', label: 'Ready for its first device' };
  if (proven < total) {
    const tone = failed > 0 ? 'bad' : outdated + drifted + unproven > 0 ? 'warn' : 'idle';
    return { tone, label: shortfall(devices) };
  }
  if (certificate.state === 'expiring')
    return { tone: 'warn', label: `Every device can pull, but the ${certificateLine(certificate).label}` };
  return { tone: 'ok', label: `All is well: ${plural(total, 'device')} can pull` };
};

const shortfall = ({ total, proven, outdated }: AppStatus['devices']): string => {
  if (proven > 0) return `${formatCount(total - proven)} of ${plural(total, 'device')} cannot pull`;
  const yet = outdated > 0 ? '' : ' yet';
  return total === 1 ? `The device cannot pull${yet}` : `None of ${plural(total, 'device')} can pull${yet}`;
};

/** States that one push is the way out of, most often. */
export const PUSHABLE: TrustState[] = ['none', 'outdated', 'drifted'];

/** How many devices one push may bring to green; none while nothing is served. */
export const toPush = ({ registry, devices }: AppStatus): number =>
  registry.state === 'serving' ? devices.untrusted + devices.outdated + devices.drifted : 0;
