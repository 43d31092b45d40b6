import { Text } from '@mantine/core';
import { CopyButton } from './copy-button.tsx';
import classes from './fingerprint.module.css';

interface FingerprintProps {
  value: string;
  what?: string;
  /** Quiet words above, with the copy button at their right: the fingerprint then has the whole width. */
  label?: string;
}

/** A certificate (hex pairs) or SSH (SHA256:…) fingerprint, set so that two people can compare it aloud. */
export const Fingerprint = ({ value, what = 'fingerprint', label }: FingerprintProps) => {
  const text = (
    <span className={classes.text}>
      {fingerprintGroups(value).map((group, index) => (
        <span key={index} className={classes.group}>
          {group}
        </span>
      ))}
    </span>
  );
  const copy = <CopyButton value={value} what={what} />;
  if (label === undefined)
    return (
      <span className={classes.fingerprint}>
        {text}
        {copy}
      </span>
    );
  return (
    <div>
      <div className={classes.label}>
        <Text size="xs" c="dimmed">
          {label}
        </Text>
        {copy}
      </div>
      {text}
    </div>
  );
};

/** Hex pairs in groups of eight; anything else stays whole. */
export const fingerprintGroups = (value: string): string[] => {
  const pairs = value.split(':');
  if (pairs.length !== 32) return [value];
  return [0, 8, 16, 24].map((start) => pairs.slice(start, start + 8).join(':') + (start < 24 ? ':' : ''));
};
