import type { RegistryEvent } from '#shared/model/registry.ts';

const VERBS: Record<RegistryEvent['action'], string> = {
  pull: 'Pulled',
  push: 'Pushed',
  delete: 'Deleted',
  login: 'Logged in',
  denied: 'Refused',
};

/**
 * `Pushed app:1.0` and `admin from 192.168.1.20`; a device whose address is in `names` has its name.
 */
export const eventWords = (
  { action, repository, reference, user, remote }: RegistryEvent,
  names: ReadonlyMap<string, string> = new Map(),
): { what: string; who: string } => {
  const from = names.get(remote) ?? remote;
  const separator = reference.startsWith('sha256:') ? '@' : ':';
  const short = reference.startsWith('sha256:') ? reference.slice(0, 19) : reference;
  const isProof = repository === 'mooring/probe' && action === 'pull';
  const image = isProof
    ? ' the probe image'
    : repository === ''
      ? ''
      : ` ${repository}${short === '' ? '' : separator + short}`;
  return { what: `${VERBS[action]}${image}`, who: user === null ? from : `${user} from ${from}` };
};
