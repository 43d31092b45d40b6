import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  /** What will be here, and what to do next. */
  text: string;
  /** The next step. */
  children?: ReactNode;
}

export const EmptyState = ({ icon, title, text, children }: EmptyStateProps) => (
  <Stack align="center" gap="xs" className={classes.empty}>
    <div className={classes.icon} aria-hidden="true">
      {icon}
    </div>
    <Title order={2}>{title}</Title>
    <Text c="dimmed" ta="center" maw={440}>
      {text}
    </Text>
    {children ? <div className={classes.actions}>{children}</div> : null}
  </Stack>
);
