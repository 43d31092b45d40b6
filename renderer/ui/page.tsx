import { Group, Stack, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import classes from './page.module.css';

interface PageProps {
  title: string;
  /** Above the title: where this page lies. */
  above?: ReactNode;
  /** Beside the title. */
  beside?: ReactNode;
  /** At the right: the page's actions. */
  actions?: ReactNode;
  /** The content is as high as the window and scrolls by itself. */
  isFilling?: boolean;
  children: ReactNode;
}

/** Heading, actions and content of one page, at the same place everywhere. */
export const Page = ({ title, above, beside, actions, isFilling = false, children }: PageProps) => {
  useEffect(() => {
    document.title = `${title} · Mooring`;
  }, [title]);
  return (
    <div className={classes.page} data-filling={isFilling || undefined}>
      {above}
      <Group justify="space-between" align="center" wrap="nowrap" className={classes.head}>
        <Group gap="md" wrap="nowrap" className={classes.title}>
          <Title order={1} className={classes.heading} title={title} tabIndex={-1}>
            {title}
          </Title>
          {beside}
        </Group>
        {actions ? (
          <Group gap="xs" wrap="nowrap">
            {actions}
          </Group>
        ) : null}
      </Group>
      <Stack gap="md" className={classes.content}>
        {children}
      </Stack>
    </div>
  );
};
