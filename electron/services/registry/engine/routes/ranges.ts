import { Refusal } from '../refusal.ts';

/**
 * A `Range` header with one part (RFC 9110 section 14).
 * @returns null: send the whole, because there is no range, or one of a form that may be ignored
 * @throws Refusal `range-invalid` when no byte lies in it
 */
export const parseRange = (
  header: string | undefined,
  size: number,
): { start: number; end: number } | null => {
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/.exec(header ?? '');
  if (!match) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end || start >= size) {
    throw new Refusal('range-invalid', { size }, { 'Content-Range': `bytes */${size}` });
  }
  return { start, end };
};

/** `Content-Range` of an upload, `a-b` without a unit as the specification writes it, `bytes a-b/*` as HTTP does. */
export const parseContentRange = (header: string | undefined): { start: number; end: number } | null => {
  if (header === undefined) return null;
  const match = /^(?:bytes[ =])?\s*(\d+)-(\d+)(?:\/(?:\d+|\*))?$/.exec(header.trim());
  if (!match) throw new Refusal('range-invalid');
  const range = { start: Number(match[1]), end: Number(match[2]) };
  return range;
};
