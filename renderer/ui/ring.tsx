import classes from './ring.module.css';
import type { Tone } from './state-dot.tsx';

interface RingProps {
  parts: { tone: Tone; count: number }[];
  /** The number in the middle and what it counts. */
  value: string;
  caption: string;
  /** The whole ring in words. */
  label: string;
}

const RADIUS = 52;
const LENGTH = 2 * Math.PI * RADIUS;

/** Shares of a whole as a ring; the words say the same. */
export const Ring = ({ parts, value, caption, label }: RingProps) => {
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  const shown = parts.filter((part) => part.count > 0);
  const gap = shown.length > 1 ? 4 : 0;
  const arcs = shown.map((part, index) => ({
    tone: part.tone,
    length: (part.count / total) * LENGTH,
    start: (shown.slice(0, index).reduce((sum, before) => sum + before.count, 0) / total) * LENGTH,
  }));
  return (
    <div className={classes.ring} role="img" aria-label={label}>
      <svg viewBox="0 0 120 120" aria-hidden="true">
        <circle className={classes.track} cx="60" cy="60" r={RADIUS} />
        {arcs.map((arc) => (
          <circle
            key={arc.tone}
            className={classes.arc}
            data-tone={arc.tone}
            cx="60"
            cy="60"
            r={RADIUS}
            strokeDasharray={`${Math.max(2, arc.length - gap)} ${LENGTH}`}
            strokeDashoffset={-arc.start - gap / 2}
          />
        ))}
      </svg>
      <div className={classes.middle}>
        <span className={classes.value}>{value}</span>
        <span className={classes.caption}>{caption}</span>
      </div>
    </div>
  );
};
