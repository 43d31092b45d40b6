/** Bytes of a script line after which a quoted value is continued on the next one; see `frameScript`. */
const longest = 600;

const hasLongLine = (text: string): boolean => text.split('\n').some((line) => line.length >= longest);

const quotePiece = (piece: string): string => `'${piece.replaceAll("'", `'\\''`)}'`;

/** A control character as the shell makes it: literally it would not survive a terminal. */
const quoteControl = (character: string): string =>
  `"$(printf '\\${character.charCodeAt(0).toString(8).padStart(3, '0')}')"`;

/** Splits text so that no piece, once quoted, makes a line too long. Never inside a character. */
const pieces = (text: string): string[] => {
  const found: string[] = [];
  let piece = '';
  let size = 0;
  for (const character of text) {
    const width = character === "'" ? 4 : Buffer.byteLength(character);
    if (size + width > longest) {
      found.push(piece);
      piece = '';
      size = 0;
    }
    piece += character;
    size = character === '\n' ? 0 : size + width;
  }
  return [...found, piece];
};

/**
 * The one way a value gets into a shell script: yields one word of POSIX shell that stands for exactly `text`.
 * The result has neither tabs nor other control characters except newline, and no line over 700 bytes, so it can
 * be typed into a terminal.
 * @throws RangeError for NUL, which no shell word can hold
 */
export const shellQuote = (text: string): string => {
  if (text.includes('\0')) throw new RangeError('a shell word cannot hold NUL');
  // Most values are plain and of short lines, as a certificate is: they need no second look.
  if (/^[\n\x20-\x26\x28-\x7e]*$/.test(text) && !hasLongLine(text)) return `'${text}'`;
  let line = 0;
  const words: string[] = [];
  // Newlines stay literal: command substitution would take a trailing one away.

  for (const part of text.split(/([\x01-\x09\x0b-\x1f\x7f])/)) {
    const isControl = /^[\x01-\x09\x0b-\x1f\x7f]$/.test(part);
    for (const piece of isControl ? [part] : pieces(part)) {
      if (piece === '') continue;
      const word = isControl ? quoteControl(piece) : quotePiece(piece);
      if (line > 0 && line + Buffer.byteLength(word) > longest) {
        words.push('\\\n');
        line = 0;
      }
      words.push(word);
      const tail = word.lastIndexOf('\n');
      line = tail < 0 ? line + Buffer.byteLength(word) : Buffer.byteLength(word.slice(tail + 1));
    }
  }
  return words.length === 0 ? "''" : words.join('');
};

/**
 * The same for a login shell that may not be POSIX: csh takes neither a newline within quotes nor a continued line.
 * @throws RangeError for control characters
 */
export const loginShellQuote = (text: string): string => {
  if (/[\x00-\x1f\x7f]/.test(text)) throw new RangeError('csh cannot hold control characters in quotes');
  return quotePiece(text);
};
