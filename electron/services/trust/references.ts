/** A registry reference, `host:port` with brackets around IPv6, in its two parts. */
const split = (reference: string): { host: string; port: string } => {
  const at = reference.lastIndexOf(':');
  return { host: reference.slice(0, at), port: reference.slice(at + 1) };
};

const form = /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?):[0-9]{1,5}$/;

const isLoopback = (host: string): boolean => /^(localhost|127\.[0-9.]+|\[::1\])$/.test(host);

/**
 * References a device may use, in their order: loopback means the device itself and is left out, and so is what
 * could not be part of an image name (an address with a zone).
 */
export const deviceReferences = (references: readonly string[]): string[] => {
  const usable = references.filter((it) => form.test(it) && !isLoopback(split(it).host));
  return [...new Set(usable)];
};

/**
 * Names of the folders in certs.d for these references: as they are typed in an image name. Port 443 may be left
 * out there, so it has two.
 */
export const foldersOf = (references: readonly string[]): string[] =>
  references.flatMap((reference) => {
    const { host, port } = split(reference);
    return port === '443' ? [host, reference] : [reference];
  });

/** What a line in /etc/hosts takes: `.local` names, which engines often cannot resolve, and the addresses. Null without both. */
export const pinOf = (references: readonly string[]): { names: string[]; addresses: string[] } | null => {
  const hosts = [...new Set(references.map((reference) => split(reference).host))];
  const names = hosts.filter((host) => host.endsWith('.local'));
  const addresses = hosts.filter((host) => /^[0-9.]+$/.test(host) || host.startsWith('['));
  const bare = addresses.map((host) => host.replace(/[[\]]/g, ''));
  return names.length > 0 && bare.length > 0 ? { names, addresses: bare } : null;
};

/** Folders that look meant for these references but are for port 443, which none of them uses there. */
export const wrongFoldersOf = (references: readonly string[]): { folder: string; name: string }[] => {
  const right = new Set(foldersOf(references));
  return references
    .flatMap((name) => [split(name).host, `${split(name).host}:443`].map((folder) => ({ folder, name })))
    .filter(({ folder }, index, all) => {
      const isFirst = all.findIndex((it) => it.folder === folder) === index;
      return isFirst && !right.has(folder);
    });
};
