import classes from './state-dot.module.css';

/** `part`: some of the way, and no state to worry about. */
export type Tone = 'ok' | 'warn' | 'bad' | 'idle' | 'part' | 'busy';

interface StateDotProps {
  tone: Tone;
  /** Words beside the dot: colour alone never says it. */
  label: string;
  isStrong?: boolean;
}

/** A state in colour, shape and words. */
export const StateDot = ({ tone, label, isStrong = false }: StateDotProps) => (
  <span className={classes.state} data-tone={tone} data-strong={isStrong || undefined}>
    <Mark tone={tone} />
    <span className={classes.label}>{label}</span>
  </span>
);

/** Each tone has a shape of its own, for eyes that do not tell red from green. */
export const Mark = ({ tone }: { tone: Tone }) => (
  <svg className={classes.mark} viewBox="0 0 12 12" aria-hidden="true" data-tone={tone}>
    {tone === 'ok' && <circle cx="6" cy="6" r="4.5" />}
    {tone === 'warn' && <path d="M6 1 11.3 10.5 H0.7 Z" />}
    {tone === 'bad' && <rect x="1.9" y="1.9" width="8.2" height="8.2" rx="1.2" transform="rotate(45 6 6)" />}
    {tone === 'idle' && <circle cx="6" cy="6" r="3.6" fill="none" strokeWidth="1.8" />}
    {tone === 'part' && (
      <>
        <circle cx="6" cy="6" r="3.6" fill="none" strokeWidth="1.8" />
        <path d="M6 2.4 a3.6 3.6 0 0 0 0 7.2 Z" strokeWidth="0" />
      </>
    )}
    {tone === 'busy' && <circle cx="6" cy="6" r="4" fill="none" strokeWidth="2" strokeDasharray="17 8" />}
  </svg>
);
