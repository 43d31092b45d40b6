const longest = 160;

/** A leading dash would be taken for an option of printf; percent, quote and backslash mean something to it. */
const escapeByte = (byte: number, index: number): string => {
  const isSpecial = byte === 0x25 || byte === 0x27 || byte === 0x5c || (index === 0 && byte === 0x2d);
  const isPlain = byte >= 0x20 && byte < 0x7f && !isSpecial;
  return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
};

/** Shell lines that print exactly these bytes, NUL included, with nothing but the shell's own `printf`. */
export const printBytes = (bytes: Uint8Array): string[] => {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += longest) {
    lines.push(`printf '${[...bytes.subarray(at, at + longest)].map(escapeByte).join('')}'`);
  }
  return lines;
};
