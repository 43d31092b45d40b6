import { Anchor, Group, Text } from '@mantine/core';
import type { JobItem } from '#shared/model/jobs.ts';
import { links } from '../../app/route.ts';
import { groupFailures, type FailureGroup } from './run-view.ts';
import classes from './failures.module.css';

/** Failed devices by cause: one reading a cause, not one a device. */
export const Failures = ({ items }: { items: JobItem[] }) => (
  <>
    {groupFailures(items).map((group) => (
      <Group
        key={group.code}
        component="section"
        aria-label={group.title}
        className={classes.group}
        wrap="nowrap"
        align="flex-start"
      >
        <span className={classes.count}>{group.items.length} ×</span>
        <div className={classes.words}>
          <Text fw={600} size="sm">
            {group.title}
          </Text>
          <Text size="sm">{group.next}</Text>
          <Members group={group} />
        </div>
      </Group>
    ))}
  </>
);

const SHOWN = 12;

const Members = ({ group }: { group: FailureGroup }) => (
  <Text size="sm" mt={4}>
    {group.items.slice(0, SHOWN).map((item, index) => (
      <span key={item.id}>
        {index > 0 ? ', ' : ''}
        <Anchor href={links.device(item.id)}>{item.label}</Anchor>
      </span>
    ))}
    {group.items.length > SHOWN ? ` and ${group.items.length - SHOWN} more` : ''}
  </Text>
);
