import { Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import classes from './error-note.module.css';

export interface ErrorNoteProps {
  title: string;
  cause: string;
  next: string;
  tone?: 'bad' | 'warn';
  /** The way out as a button. */
  action?: ReactNode;
  /** Says it aloud when it appears; off for notes that are part of a page. */
  isLive?: boolean;
}

/** What went wrong, why, and what to do now. */
export const ErrorNote = ({ title, cause, next, tone = 'bad', action, isLive = true }: ErrorNoteProps) => {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isLive) note.current?.scrollIntoView({ block: 'nearest' });
  }, [isLive, title]);
  const Icon = tone === 'bad' ? IconCircleX : IconAlertTriangle;
  return (
    <div ref={note} className={classes.note} data-tone={tone} role={isLive ? 'alert' : 'note'}>
      <Icon className={classes.icon} size={18} aria-hidden />
      <div className={classes.words}>
        <Text fw={600} size="sm">
          {title}
        </Text>
        {cause ? <Text size="sm">{cause}</Text> : null}
        {next ? (
          <Text size="sm" fw={500} mt={4}>
            {next}
          </Text>
        ) : null}
        {action ? <div className={classes.action}>{action}</div> : null}
      </div>
    </div>
  );
};
