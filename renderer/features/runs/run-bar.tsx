import type { Tone } from '../../ui/state-dot.tsx';
import classes from './run-bar.module.css';

interface RunBarProps {
  label: string;
  parts: { tone: Tone; count: number }[];
  done: number;
  total: number;
}

/** One bar, a segment per state. */
export const RunBar = ({ label, parts, done, total }: RunBarProps) => (
  <div
    className={classes.bar}
    role="progressbar"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={total}
    aria-valuenow={done}
  >
    {parts.map((part) => (
      <div
        key={part.tone}
        className={classes.part}
        data-tone={part.tone}
        style={{ width: `${(part.count / Math.max(1, total)) * 100}%` }}
      />
    ))}
  </div>
);
