import type { LogLine } from '#shared/model/app.ts';

/** Time of day of a line with milliseconds, in the time zone of this computer. */
export const lineTime = ({ at }: Pick<LogLine, 'at'>): string => {
  const time = new Date(at);
  return `${time.toLocaleTimeString('en-GB')}.${String(time.getMilliseconds()).padStart(3, '0')}`;
};

/** A line as it is copied: full time, level, area, message, details as JSON. */
export const formatLine = ({ at, level, area, message, details }: LogLine): string => {
  const rest = Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : '';
  return `${at} ${level.toUpperCase().padEnd(5)} ${area}: ${message}${rest}`;
};

/** Lines whose copied form contains the text, upper and lower case alike. */
export const searchLines = (lines: LogLine[], search: string): LogLine[] => {
  const wanted = search.trim().toLowerCase();
  return wanted === '' ? lines : lines.filter((line) => formatLine(line).toLowerCase().includes(wanted));
};
