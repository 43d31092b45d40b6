import { appErrorData, errorTexts, type AppErrorData } from '#shared/errors.ts';
import type { ZodError, ZodType } from 'zod';

/** What `ErrorNote` shows. */
export interface ErrorView {
  title: string;
  cause: string;
  next: string;
  code: string | null;
  /** The form field it belongs to. */
  field: string | null;
}

const fromData = (data: AppErrorData): ErrorView => ({
  title: data.title,
  cause: data.cause,
  next: data.next,
  code: data.code,
  field: typeof data.details['field'] === 'string' ? data.details['field'] : null,
});

/** Any thrown thing as title, cause and next step. */
export const viewError = (error: unknown): ErrorView => {
  const data = appErrorData.safeParse((error as { data?: unknown } | null)?.data ?? error);
  if (data.success) return fromData(data.data);
  return {
    title: error instanceof Error && error.message ? error.message : 'Something unexpected happened',
    cause: 'The answer did not arrive, or was not one this page understands.',
    next: 'Try again. If it stays, open Logs.',
    code: null,
    field: null,
  };
};

/** The title as it reads beside the device's name, where saying the name again would hide the cause. */
export const titleBeside = ({ code, title, details }: AppErrorData): string => {
  if (typeof details['device'] !== 'string') return title;
  return errorTexts[code].title.replace(/\{(\w+)\}/g, (_, key: string, offset: number) => {
    if (key === 'device') return offset === 0 ? 'It' : 'this device';
    return String(details[key] ?? '?');
  });
};

/** Errors by form field; `rest` is what belongs to no field of this form. */
export interface FieldErrors {
  fields: Record<string, string>;
  rest: ErrorView | null;
}

/**
 * Puts an error at the field it names. `fields` maps the names the service uses to those of the form, for example
 * `{ 'credential.file': 'keyFile' }`; a path is also found by its beginning (`names.0` -> `names`).
 */
export const errorAtField = (error: unknown, fields: Record<string, string>): FieldErrors => {
  const view = viewError(error);
  const target = view.field === null ? undefined : findField(view.field, fields);
  if (target === undefined) return { fields: {}, rest: view };
  const problem = view.title.startsWith(`${view.field}: `)
    ? view.title.slice(`${view.field}: `.length)
    : view.title;
  return { fields: { [target]: sentence(problem) }, rest: null };
};

const findField = (path: string, fields: Record<string, string>): string | undefined => {
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const target = fields[parts.slice(0, length).join('.')];
    if (target !== undefined) return target;
  }
  return undefined;
};

/** First problem of each path of a failed parse, by dotted path. */
export const problemsByPath = (error: ZodError): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const issue of error.issues) found[issue.path.join('.')] ??= sentence(issue.message);
  return found;
};

/** A validator of one field for Mantine forms: the schema's own sentence, or null. */
export const checkWith =
  (schema: ZodType) =>
  (value: unknown): string | null => {
    const parsed = schema.safeParse(value);
    return parsed.success ? null : sentence(parsed.error.issues[0]?.message ?? 'This value cannot be used');
  };

/** Upper-case beginning, no final full stop. */
export const sentence = (text: string): string =>
  (text.charAt(0).toUpperCase() + text.slice(1)).replace(/\.$/, '');
