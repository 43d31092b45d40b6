const special = /[\\*?[\]]/;

/** Makes text stand for itself in a pattern. */
export const escapePattern = (text: string): string =>
  special.test(text) ? text.replace(/[\\*?[\]]/g, '\\$&') : text;

const bracket = (pattern: string, from: number): { source: string; end: number } | null => {
  let at = from + 1;
  const isNegated = pattern[at] === '!' || pattern[at] === '^';
  if (isNegated) at += 1;
  let source = '';
  for (let first = true; at < pattern.length; first = false) {
    const char = pattern[at] ?? '';
    if (char === ']' && !first) return { source: `[${isNegated ? '^' : ''}${source}]`, end: at + 1 };
    if (char === '\\') at += 1;
    const named = /^\[:(alnum|alpha|digit|space|upper|lower):\]/.exec(pattern.slice(at));
    if (named) {
      source += {
        alnum: 'A-Za-z0-9',
        alpha: 'A-Za-z',
        digit: '0-9',
        space: '\\s',
        upper: 'A-Z',
        lower: 'a-z',
      }[named[1] as 'alnum'];
      at += named[0].length;
      continue;
    }
    const text = pattern[at] ?? '';
    source += text === '-' && char !== '\\' ? '-' : text.replace(/[\\\]^-]/, '\\$&');
    at += 1;
  }
  return null;
};

const sourceOf = (pattern: string): string => {
  let source = '';
  for (let at = 0; at < pattern.length;) {
    const char = pattern[at] ?? '';
    const set = char === '[' ? bracket(pattern, at) : null;
    if (set) {
      source += set.source;
      at = set.end;
      continue;
    }
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else {
      if (char === '\\') at += 1;
      source += (pattern[at] ?? '\\').replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    }
    at += 1;
  }
  return source;
};

const compiled = new Map<string, RegExp>();
const mostCompiled = 500;

/** The pattern of a shell as a regular expression for a whole text. */
export const patternOf = (pattern: string): RegExp => {
  let found = compiled.get(pattern);
  if (!found) {
    found = new RegExp(`^(?:${sourceOf(pattern)})$`, 's');
    if (compiled.size >= mostCompiled) compiled.clear();
    compiled.set(pattern, found);
  }
  return found;
};

/** `${text#pattern}` and its kin. */
export const trim = (text: string, operator: string, pattern: string): string => {
  const expression = patternOf(pattern);
  const isSuffix = operator.startsWith('%');
  const isLongest = operator.length === 2;
  for (let step = 0; step <= text.length; step += 1) {
    const length = isLongest ? text.length - step : step;
    const part = isSuffix ? text.slice(text.length - length) : text.slice(0, length);
    if (expression.test(part)) return isSuffix ? text.slice(0, text.length - length) : text.slice(length);
  }
  return text;
};
