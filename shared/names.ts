import { z } from 'zod';

/** A DNS name of one or more labels (RFC 1123), lower case, without a trailing dot. */
const dnsName =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** A name the registry answers to. Upper case and a trailing dot are taken away. */
export const registryName = z
  .string({ error: 'give a name, for example registry.local' })
  .trim()
  .transform((name) => name.toLowerCase().replace(/\.$/, ''))
  .refine((name) => dnsName.test(name), {
    error: 'a name has letters, digits and dashes, in parts joined by dots, for example registry.local',
  })
  .refine((name) => !/^[\d.]+$/.test(name), { error: 'this is an IP address: give it as an address' })
  .refine((name) => !name.endsWith('.local') || name.split('.').length === 2, {
    error: 'most systems resolve only two-part .local names: use for example registry.local',
  });

/** True for names that mDNS answers for. */
export const isMdnsName = (name: string): boolean => name.endsWith('.local');

/** `host:port` with brackets around IPv6, as image references and URLs write it. */
export const hostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Another name to offer when `name` is taken: `registry.local`, `registry-2.local`, `registry-3.local`. */
export const proposeName = (name: string): string => {
  const [first = '', ...rest] = name.split('.');
  const numbered = /^(.*)-(\d{1,4})$/.exec(first);
  const label = numbered ? `${numbered[1]}-${Number(numbered[2]) + 1}` : `${first.slice(0, 58)}-2`;
  return [label, ...rest].join('.');
};
