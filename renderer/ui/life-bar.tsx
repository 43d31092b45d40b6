import classes from './life-bar.module.css';

interface LifeBarProps {
  /** Life used up, 0 to 1. */
  used: number;
  label: string;
}

/** How much of a certificate's life is left: full when new, empty when expired. */
export const LifeBar = ({ used, label }: LifeBarProps) => {
  const left = Math.round(Math.min(1, Math.max(0, 1 - used)) * 100);
  return (
    <div
      className={classes.bar}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={left}
    >
      <div className={classes.left} data-low={left < 15 || undefined} style={{ width: `${left}%` }} />
    </div>
  );
};
