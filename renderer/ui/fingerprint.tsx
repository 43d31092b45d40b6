import { CopyButton } from './copy-button.tsx';
import classes from './fingerprint.module.css';

/** A certificate (hex pairs) or SSH (SHA256:…) fingerprint, set so that two people can compare it aloud. */
export const Fingerprint = ({ value, what = 'fingerprint' }: { value: string; what?: string }) => (
  <span className={classes.fingerprint}>
    <span className={classes.text}>
      {fingerprintGroups(value).map((group, index) => (
        <span key={index} className={classes.group}>
          {group}
        </span>
      ))}
    </span>
    <CopyButton value={value} what={what} />
  </span>
);

/** Hex pairs in groups of eight; anything else stays whole. */
export const fingerprintGroups = (value: string): string[] => {
  const pairs = value.split(':');
  if (pairs.length !== 32) return [value];
  return [0, 8, 16, 24].map((start) => pairs.slice(start, start + 8).join(':') + (start < 24 ? ':' : ''));
};
