/** A `Host` header taken apart; null when it is not one (RFC 9110 section 7.2). */
export const parseHost = (header: string): { name: string; port: string } | null => {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.?)(?::(\d{1,5}))?$/.exec(
    header,
  );
  if (!match) return null;
  const [, name = '', port = ''] = match;
  return {
    name: name
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, '')
      .toLowerCase(),
    port,
  };
};

/**
 * Where a client fetches its token: by the name it used itself, but only when the certificate vouches for that name,
 * so that a forged `Host` never sends credentials elsewhere.
 * @param canonical `name:port`
 */
export const realmFor = (host: string, certNames: ReadonlySet<string>, canonical: string): string => {
  const parsed = parseHost(host);
  const isOurs = parsed !== null && certNames.has(parsed.name);
  return `https://${isOurs ? host : canonical}/token`;
};
