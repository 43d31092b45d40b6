import { Refusal } from '../refusal.ts';

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Partial pulls ask for up to 1,024 pieces at once. */
const maxRanges = 1024;

/** @returns null when no byte lies in it, undefined when it is not of the form of a range */
const parsePart = (text: string, size: number): ByteRange | null | undefined => {
  const match = /^\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/.exec(text);
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end || start >= size ? null : { start, end };
};

/**
 * A `Range` header (RFC 9110 section 14).
 * @returns null: send the whole, because there is no range, or one that may be ignored: of another form, of too many
 * parts, or asking for more bytes than there are; `isMultiple` when the answer is to have parts
 * @throws Refusal `range-invalid` when no byte lies in it
 */
export const parseRanges = (
  header: string | undefined,
  size: number,
): { ranges: ByteRange[]; isMultiple: boolean } | null => {
  if (!header?.startsWith('bytes=')) return null;
  const parts = header.slice('bytes='.length).split(',');
  if (parts.length > maxRanges) return null;
  const parsed = parts.map((part) => parsePart(part, size));
  if (parsed.includes(undefined)) return null;
  const ranges = parsed.filter((range) => range !== null && range !== undefined);
  if (ranges.length === 0) {
    throw new Refusal('range-unsatisfiable', { size }, { 'Content-Range': `bytes */${size}` });
  }
  const wanted = ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  return wanted > size ? null : { ranges, isMultiple: parts.length > 1 };
};

/** `Content-Range` of an upload, `a-b` without a unit as the specification writes it, `bytes a-b/*` as HTTP does. */
export const parseContentRange = (header: string | undefined): ByteRange | null => {
  if (header === undefined) return null;
  const match = /^(?:bytes[ =])?\s*(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/.exec(header.trim());
  if (!match) throw new Refusal('range-invalid');
  return { start: Number(match[1]), end: Number(match[2]) };
};
