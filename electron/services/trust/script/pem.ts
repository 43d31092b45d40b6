import { createHash } from 'node:crypto';
import { AppError } from '#shared/errors.ts';

const block = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM text and nothing else, 64 characters a line: what is between them (names, comments,
 * Windows line ends) does not travel to devices, so the same CA is always the same bytes.
 * @throws AppError CA_MISSING when there is none
 */
export const normalisePem = (text: string): string => {
  const found = [...text.matchAll(block)].map(([, body = '']) => {
    const lines = body.replace(/\s/g, '').match(/.{1,64}/g) ?? [];
    return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  });
  if (found.length === 0) throw new AppError('CA_MISSING');
  return found.join('');
};

export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
