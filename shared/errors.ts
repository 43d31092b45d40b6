import { z } from 'zod';
import { appErrors } from './errors/app.ts';
import { demoErrors } from './errors/demo.ts';
import { deviceErrors } from './errors/devices.ts';
import { findingErrors } from './errors/findings.ts';
import { namesErrors } from './errors/names.ts';
import { pkiErrors } from './errors/pki.ts';
import { registryErrors } from './errors/registry.ts';
import { trustErrors } from './errors/trust.ts';

/** What a person is told about one error code. `{word}` is filled from the error's details. */
export interface ErrorText {
  /** What happened, one sentence without a final full stop. */
  title: string;
  /** What probably caused it. */
  cause: string;
  /** What to do now. */
  next: string;
}

/** Every error code of Mooring with its texts: total, so that no code can exist without a next step. */
export const errorTexts = {
  ...appErrors,
  ...pkiErrors,
  ...registryErrors,
  ...namesErrors,
  ...deviceErrors,
  ...trustErrors,
  ...findingErrors,
  ...demoErrors,
} satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof errorTexts;
export const errorCodes = Object.keys(errorTexts) as [ErrorCode, ...ErrorCode[]];
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errorTexts, text);

export type ErrorDetails = Record<string, string | number | boolean | null | undefined>;

/** An error as it crosses the contract: texts already filled in, nothing secret, no stack. */
export const appErrorData = z.object({
  code: z.enum(errorCodes),
  title: z.string(),
  cause: z.string(),
  next: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** Present on INTERNAL only: look for it in the log. */
  reference: z.string().optional(),
});
export type AppErrorData = z.infer<typeof appErrorData>;

const fill = (text: string, details: ErrorDetails): string =>
  text.replace(/\{(\w+)\}/g, (_, key: string) => String(details[key] ?? 'unknown'));

/** Code and details as the data that UI, CLI and job results show. */
export const describeError = (
  code: ErrorCode,
  details: ErrorDetails = {},
  reference?: string,
): AppErrorData => {
  const text = errorTexts[code];
  const known = Object.fromEntries(
    Object.entries(details).filter((entry): entry is [string, string | number | boolean | null] => {
      return entry[1] !== undefined;
    }),
  );
  return {
    code,
    title: fill(text.title, details),
    cause: fill(text.cause, details),
    next: fill(text.next, details),
    details: known,
    ...(reference === undefined ? {} : { reference }),
  };
};

/** The one error class of the services. Adapters translate foreign errors into it at their own edge. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** True when the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean;

  constructor(
    code: ErrorCode,
    details: ErrorDetails = {},
    options: { cause?: unknown; retryable?: boolean } = {},
  ) {
    super(describeError(code, details).title, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
    this.retryable = options.retryable ?? false;
  }

  /** The error as data for the contract. */
  get data(): AppErrorData {
    return describeError(this.code, this.details);
  }
}
