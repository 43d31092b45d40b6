/** Numbers, times and sizes as a person reads them. Pure; `now` in milliseconds. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes with decimal units, as disks are sold: `1.2 GB`. */
export const formatBytes = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
};

/** Seconds as `8 s`, `2 min 5 s`, `3 h 20 min`. */
export const formatDuration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
};

/** How long ago an instant was: `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then the date. */
export const formatAgo = (instant: string, now: number): string => {
  const seconds = Math.round((now - Date.parse(instant)) / 1000);
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  if (seconds < 14 * 86_400) return plural(Math.round(seconds / 86_400), 'day') + ' ago';
  return formatDay(instant);
};

/** `21 Nov 2026`, in the time zone of this computer. */
export const formatDay = (instant: string): string =>
  new Date(instant).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** `21 Nov 2026, 14:05:09`. */
export const formatTime = (instant: string): string =>
  `${formatDay(instant)}, ${new Date(instant).toLocaleTimeString('en-GB')}`;

/** `1 device`, `10,000 devices`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** A SHA-256 in few characters, enough to compare by eye. */
export const shortHash = (hex: string | null): string => (hex === null ? 'nothing' : hex.slice(0, 12));

/** Days as `391 days`, years beyond three of them. */
export const formatDays = (days: number): string => {
  if (days < 0) return `expired ${plural(-days, 'day')} ago`;
  return days > 3 * 365 ? `${(days / 365.25).toFixed(1).replace(/\.0$/, '')} years` : plural(days, 'day');
};

/** `10,000`. */
export const formatCount = (count: number): string => count.toLocaleString('en-GB');
