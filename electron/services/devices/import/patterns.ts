const escape = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, '\\$&');

/** A pattern of ssh_config(5): `*` is anything, `?` one character; without regard to case. */
const matches = (pattern: string, host: string): boolean => {
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === host.toLowerCase();
  // Stars side by side mean one; apart they must not be tried against each other.
  const source = escape(pattern.replace(/\*+/g, '*')).replaceAll('*', '.*?').replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'is').test(host);
};

export const hasWildcard = (pattern: string): boolean => /[*?]/.test(pattern);

/** A list of patterns holds when one matches and none of those with `!` does. */
export const matchesList = (patterns: readonly string[], host: string): boolean => {
  const denied = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  if (denied.some((pattern) => matches(pattern, host))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern, host));
};
