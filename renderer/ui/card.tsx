import { Group, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import classes from './card.module.css';

interface CardProps {
  title: string;
  /** Small controls at the right of the title. */
  actions?: ReactNode;
  /** Content reaches the edges (tables, lists). */
  isFlush?: boolean;
  children: ReactNode;
}

/** A titled region. */
export const Card = ({ title, actions, isFlush = false, children }: CardProps) => {
  const id = useId();
  return (
    <section className={classes.card} aria-labelledby={id}>
      <Group justify="space-between" wrap="nowrap" className={classes.head}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {actions ? (
          <Group gap="xs" wrap="nowrap">
            {actions}
          </Group>
        ) : null}
      </Group>
      <div className={isFlush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
};
