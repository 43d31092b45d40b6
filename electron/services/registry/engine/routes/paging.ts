import type { Headers } from '../http/reply.ts';
import { Refusal } from '../refusal.ts';

/** The query's `n`, null when it has none. @throws Refusal `page-invalid` */
export const limitOf = (query: URLSearchParams): number | null => {
  const text = query.get('n');
  if (text !== null && !/^\d{1,9}$/.test(text)) throw new Refusal('page-invalid');
  return text === null ? null : Number(text);
};

/**
 * Cuts a sorted list by the query's `n` and `last`.
 * @returns `next` is the query of the following page, null when there is none
 * @throws Refusal `page-invalid`
 */
export const pageOf = (
  sorted: string[],
  query: URLSearchParams,
): { items: string[]; next: URLSearchParams | null } => {
  const limit = limitOf(query);
  const last = query.get('last') ?? '';
  const after = last === '' ? sorted : sorted.filter((item) => item > last);
  const items = limit === null ? after : after.slice(0, limit);
  const end = items.at(-1);
  const next =
    end !== undefined && items.length < after.length
      ? new URLSearchParams({ n: String(limit), last: end })
      : null;
  return { items, next };
};

/** RFC 8288 */
export const linkTo = (path: string, next: URLSearchParams | null): Headers =>
  next ? { Link: `<${path}?${next.toString()}>; rel="next"` } : {};
