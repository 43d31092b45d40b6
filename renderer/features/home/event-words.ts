import type { RegistryEvent } from '#shared/model/registry.ts';

const VERBS: Record<RegistryEvent['action'], string> = {
  pull: 'pulled',
  push: 'pushed',
  delete: 'deleted',
  login: 'logged in',
  denied: 'was refused',
};

/** `admin pushed app:1.0 from 192.168.1.20`. */
export const eventWords = ({ action, repository, reference, user, remote }: RegistryEvent): string => {
  const separator = reference.startsWith('sha256:') ? '@' : ':';
  const short = reference.startsWith('sha256:') ? reference.slice(0, 19) : reference;
  const image = repository === '' ? '' : ` ${repository}${short === '' ? '' : separator + short}`;
  const who = user ?? remote;
  return `${who} ${VERBS[action]}${image}${user === null ? '' : ` from ${remote}`}`;
};
