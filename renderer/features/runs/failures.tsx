import { Anchor, Text } from '@mantine/core';
import type { JobItem } from '#shared/model/jobs.ts';
import { links } from '../../app/route.ts';
import { Card } from '../../ui/card.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { groupFailures, type FailureGroup } from './run-view.ts';
import classes from './failures.module.css';

/** Failed devices by cause: one reading a cause, not one a device. */
export const Failures = ({ items }: { items: JobItem[] }) => {
  const groups = groupFailures(items);
  if (groups.length === 0) return null;
  return (
    <Card title="What failed" isFlush>
      {groups.map((group) => (
        <section key={group.code} aria-label={group.title} className={classes.group}>
          <Text size="sm" fw={600} component="div" className={classes.count}>
            <StateDot tone="bad" label={`${group.items.length} ×`} />
          </Text>
          <div className={classes.words}>
            <Text fw={600} size="sm">
              {group.title}
            </Text>
            <Text size="sm" c="dimmed">
              {group.next}
            </Text>
            <Members group={group} />
          </div>
        </section>
      ))}
    </Card>
  );
};

const SHOWN = 12;

const Members = ({ group }: { group: FailureGroup }) => (
  <Text size="sm" mt={2}>
    {group.items.slice(0, SHOWN).map((item, index) => (
      <span key={item.id}>
        {index > 0 ? ', ' : ''}
        <Anchor href={links.device(item.id)}>{item.label}</Anchor>
      </span>
    ))}
    {group.items.length > SHOWN ? ` and ${group.items.length - SHOWN} more` : ''}
  </Text>
);
