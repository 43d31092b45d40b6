import { useSyncExternalStore } from 'react';

/** Where the page is, from the hash: `#/devices/gate-2`. */
export type Route =
  | { page: 'home' | 'devices' | 'certificates' | 'access' | 'storage' | 'logs' }
  | { page: 'device'; id: string; tab: string }
  | { page: 'run'; id: string }
  | { page: 'unknown'; hash: string };

const PAGES = ['devices', 'certificates', 'access', 'storage', 'logs'] as const;

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

export const parseRoute = (hash: string): Route => {
  const [first = '', second, third = ''] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode);
  if (first === '') return { page: 'home' };
  if (first === 'devices' && second) return { page: 'device', id: second, tab: third || 'overview' };
  if (first === 'runs' && second) return { page: 'run', id: second };
  const page = PAGES.find((known) => known === first);
  return page && !second ? { page } : { page: 'unknown', hash };
};

export const links = {
  home: '#/',
  devices: '#/devices',
  device: (id: string, tab?: string) =>
    `#/devices/${encodeURIComponent(id)}${tab && tab !== 'overview' ? `/${tab}` : ''}`,
  run: (id: string) => `#/runs/${encodeURIComponent(id)}`,
  /** Where a job is followed: work on the store on its page, runs on devices on their own. */
  job: ({ id, kind }: { id: string; kind: string }) =>
    kind.startsWith('registry.') ? links.storage : links.run(id),
  certificates: '#/certificates',
  access: '#/access',
  storage: '#/storage',
  logs: '#/logs',
};

export const goTo = (link: string): void => {
  window.location.hash = link;
};

const subscribe = (listener: () => void) => {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
};

export const useRoute = (): Route => parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
