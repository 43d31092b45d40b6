import type { z } from 'zod';
import type { LogLine, logLevel } from '#shared/model/app.ts';

export type LogLevel = z.infer<typeof logLevel>;

/** What a service writes its log with. Details are redacted by key name and by `Secret` values. */
export interface Log {
  debug(message: string, details?: Record<string, unknown>): void;
  info(message: string, details?: Record<string, unknown>): void;
  warn(message: string, details?: Record<string, unknown>): void;
  error(message: string, details?: Record<string, unknown>): void;
  /** The same log speaking for another area. */
  area(name: string): Log;
}

/** The log of one app: keeps the newest lines, hands them to watchers and to a sink (a file, stderr). */
export interface LogBook {
  log: Log;
  /** Newest last. */
  lines(after?: number): LogLine[];
  /** Called after new lines; returns how to stop. */
  watch(listener: () => void): () => void;
}

const order: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };
/** True when a line of `level` is wanted by someone who asked for `wanted` and above. */
export const isAtLeast = (level: LogLevel, wanted: LogLevel): boolean => order[level] >= order[wanted];

const secretKey = /pass(word|phrase)?$|secret|token|authorization|cookie|privatekey|keypem|^pem$/i;
const secretText =
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)|\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g;

const redactText = (text: string): string =>
  text.replace(secretText, (_match, begin?: string) => (begin ? `${begin} [redacted]` : '[redacted]'));

const redact = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'string') return redactText(value);
  if (value instanceof Error) {
    const code = 'code' in value ? { code: String(value.code) } : {};
    const cause = value.cause === undefined || depth > 3 ? {} : { cause: redact(value.cause, depth + 1) };
    return { message: redactText(value.message), ...code, stack: redactText(value.stack ?? ''), ...cause };
  }
  if (value === null || typeof value !== 'object') return value;
  if (depth > 5) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secretKey.test(key) ? '[redacted]' : redact(inner, depth + 1),
    ]),
  );
};

/**
 * Creates the log of an app.
 * @param keep lines held in memory for the Logs page
 * @param sink gets every line once, already redacted
 */
export const createLogBook = (options: {
  keep?: number;
  sink?: (line: LogLine) => void;
  now?: () => Date;
}): LogBook => {
  const { keep = 5000, sink, now = () => new Date() } = options;
  const kept: LogLine[] = [];
  const watchers = new Set<() => void>();
  let sequence = 0;

  const write = (area: string, level: LogLevel, message: string, details: Record<string, unknown>) => {
    sequence += 1;
    const line: LogLine = {
      sequence,
      at: now().toISOString(),
      level,
      area,
      message: redactText(message),
      details: redact(details) as Record<string, unknown>,
    };
    kept.push(line);
    if (kept.length > keep) kept.splice(0, kept.length - keep);
    sink?.(line);
    for (const watcher of watchers) watcher();
  };

  const speak = (area: string): Log => ({
    debug: (message, details = {}) => write(area, 'debug', message, details),
    info: (message, details = {}) => write(area, 'info', message, details),
    warn: (message, details = {}) => write(area, 'warn', message, details),
    error: (message, details = {}) => write(area, 'error', message, details),
    area: speak,
  });

  return {
    log: speak('app'),
    lines: (after = 0) => kept.filter((line) => line.sequence > after),
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
  };
};
