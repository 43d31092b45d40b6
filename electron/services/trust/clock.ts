const units: readonly (readonly [number, string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** A clock difference as two words for a sentence: `{ offset: '41 days', direction: 'behind' }`. */
export const describeOffset = (seconds: number): { offset: string; direction: string } => {
  const size = Math.abs(seconds);
  const [unit, name] = units.find(([length]) => size >= 2 * length) ?? [1, 'second'];
  const count = Math.round(size / unit);
  return { offset: `${count} ${name}${count === 1 ? '' : 's'}`, direction: seconds < 0 ? 'behind' : 'ahead' };
};
