const escapes: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
};

/** Backslash sequences of `printf`; octal ones have up to three digits. */
const unescape = (text: string): string =>
  text.replace(/\\(?:([0-7]{1,3})|(.))/gs, (whole, octal?: string, char?: string) =>
    octal !== undefined ? String.fromCharCode(parseInt(octal, 8) & 0xff) : (escapes[char ?? ''] ?? whole),
  );

const pad = (text: string, flags: string, width: string): string => {
  const size = Number(width || 0);
  if (flags.includes('-')) return text.padEnd(size);
  return text.padStart(size, flags.includes('0') ? '0' : ' ');
};

/** What `printf FORMAT WORD...` prints: the format is used again while words are left. */
export const format = (pattern: string, words: readonly string[]): string => {
  const pieces = pattern.match(/%[-0 +#]*[0-9]*(?:\.[0-9]+)?[a-zA-Z%]|[^%]+|%/g) ?? [];
  let used = 0;
  let text = '';
  do {
    const before = used;
    for (const piece of pieces) {
      const [, flags = '', width = '', exact = '', kind = ''] =
        /^%([-0 +#]*)([0-9]*)(?:\.([0-9]+))?([a-zA-Z%])$/.exec(piece) ?? [];
      if (kind === '') {
        text += unescape(piece);
        continue;
      }
      if (kind === '%') {
        text += '%';
        continue;
      }
      const word = words[used] ?? '';
      used += 1;
      if (kind === 'd' || kind === 'i' || kind === 'u') {
        text += pad(String(Math.trunc(Number(word) || 0)), flags, width);
      } else if (kind === 'o') text += pad((Number(word) || 0).toString(8), flags, width);
      else if (kind === 'x') text += pad((Number(word) || 0).toString(16), flags, width);
      else if (kind === 'c') text += pad(word.slice(0, 1), flags, width);
      else {
        const whole = kind === 'b' ? unescape(word) : word;
        text += pad(exact === '' ? whole : whole.slice(0, Number(exact)), flags, width);
      }
    }
    if (used === before) break;
  } while (used < words.length);
  return text;
};
