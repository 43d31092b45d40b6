import { Anchor, Text } from '@mantine/core';
import { memo, useMemo } from 'react';
import { useSelect } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import { activityOf, type Activity } from './activity.ts';
import { useDeviceNames } from './use-device-names.ts';
import classes from './home.module.css';

const NONE: never[] = [];

export const ActivityCard = () => {
  const events = useSelect('home', (state) => state.events);
  const runs = useSelect('home', (state) => state.runs);
  const names = useDeviceNames(events ?? NONE);
  const items = useMemo(() => activityOf(events ?? [], runs, names), [events, runs, names]);
  return (
    <Card title="Activity" isFlush={items.length > 0}>
      {items.length > 0 ? (
        <ul className={classes.events} aria-label="Activity" tabIndex={0}>
          {items.map(({ key, ...item }) => (
            <Item key={key} {...item} />
          ))}
        </ul>
      ) : (
        <Text size="sm" c="dimmed">
          Pulls, pushes, logins and runs on devices will be listed here as they happen. Push a first image
          with the commands below.
        </Text>
      )}
    </Card>
  );
};

/** By its texts: the list is made anew with each event, and a push brings dozens a second. */
const Item = memo(({ at, what, who, link }: Omit<Activity, 'key'>) => (
  <li className={classes.event}>
    {link ? (
      <Anchor href={link} size="sm" display="block" truncate title={what}>
        {what}
      </Anchor>
    ) : (
      <Truncate size="sm">{what}</Truncate>
    )}
    <Truncate size="sm" c="dimmed">
      {who}
    </Truncate>
    <span className={classes.when}>
      <TimeAgo at={at} />
    </span>
  </li>
));
Item.displayName = 'Item';
