import { Anchor, Text } from '@mantine/core';
import { useMemo } from 'react';
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
          {items.map((item) => (
            <Item key={item.key} item={item} />
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

const Item = ({ item }: { item: Activity }) => (
  <li className={classes.event}>
    {item.link ? (
      <Anchor href={item.link} size="sm" display="block" truncate title={item.what}>
        {item.what}
      </Anchor>
    ) : (
      <Truncate size="sm">{item.what}</Truncate>
    )}
    <Truncate size="sm" c="dimmed">
      {item.who}
    </Truncate>
    <span className={classes.when}>
      <TimeAgo at={item.at} />
    </span>
  </li>
);
