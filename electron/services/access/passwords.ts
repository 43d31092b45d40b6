import { randomInt } from 'node:crypto';

/** Without look-alikes (0 O o, 1 l I i), so that a person can copy it from a screen. */
const alphabet = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const groups = 4;
const groupLength = 5;

/** Four groups of five letters and digits joined by dashes: 115 bits from the system's random source. */
export const newPassword = (): string =>
  Array.from({ length: groups }, () =>
    Array.from({ length: groupLength }, () => alphabet[randomInt(alphabet.length)]).join(''),
  ).join('-');
