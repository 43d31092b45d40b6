/** `-rw-r--r--` as `0644`; set-id and sticky bits become the first digit. */
export const octalMode = (text: string): string => {
  const digit = (part: string): number =>
    (part[0] === 'r' ? 4 : 0) + (part[1] === 'w' ? 2 : 0) + (/[xst]/.test(part[2] ?? '') ? 1 : 0);
  const [user, group, other] = [text.slice(1, 4), text.slice(4, 7), text.slice(7, 10)];
  const special = (/[sS]/.test(user) ? 4 : 0) + (/[sS]/.test(group) ? 2 : 0) + (/[tT]/.test(other) ? 1 : 0);
  return `${special}${digit(user)}${digit(group)}${digit(other)}`;
};

/** `0644` as `-rw-r--r--`: how ls shows the mode of a file. */
export const permsOf = (octal: string): string => {
  const bits = parseInt(octal, 8);
  const mark = (special: number, letter: string, canRun: boolean): string => {
    if ((bits & special) === 0) return canRun ? 'x' : '-';
    return canRun ? letter : letter.toUpperCase();
  };
  const part = (shift: number, special: number, letter: string): string => {
    const three = (bits >> shift) & 7;
    return `${three & 4 ? 'r' : '-'}${three & 2 ? 'w' : '-'}${mark(special, letter, (three & 1) === 1)}`;
  };
  return `-${part(6, 0o4000, 's')}${part(3, 0o2000, 's')}${part(0, 0o1000, 't')}`;
};
