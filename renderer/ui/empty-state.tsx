import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  /** What will be here, and what to do next. */
  text: string;
  /** Less room around it, inside a card. */
  isCompact?: boolean;
  /** The next step. */
  children?: ReactNode;
}

export const EmptyState = ({ icon, title, text, isCompact = false, children }: EmptyStateProps) => (
  <Stack align="center" gap="xs" className={classes.empty} data-compact={isCompact || undefined}>
    <div className={classes.icon} aria-hidden="true">
      {icon}
    </div>
    <Title order={2}>{title}</Title>
    <Text c="dimmed" size="sm" ta="center" maw={440}>
      {text}
    </Text>
    {children ? <div className={classes.actions}>{children}</div> : null}
  </Stack>
);
