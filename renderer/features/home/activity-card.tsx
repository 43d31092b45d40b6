import { Text } from '@mantine/core';
import type { RegistryEvent } from '#shared/model/registry.ts';
import { useSelect } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import { eventWords } from './event-words.ts';
import classes from './home.module.css';

export const ActivityCard = () => {
  const events = useSelect('home', (state) => state.events);
  return (
    <Card title="Activity" isFlush={Boolean(events?.length)}>
      {events?.length ? (
        <ul className={classes.events} aria-label="Activity" tabIndex={0}>
          {events.map((event) => (
            <Event key={event.id} event={event} />
          ))}
        </ul>
      ) : (
        <Text size="sm" c="dimmed">
          Pulls, pushes and logins will be listed here as they happen. Push a first image with the commands
          below.
        </Text>
      )}
    </Card>
  );
};

const Event = ({ event }: { event: RegistryEvent }) => {
  const { what, who } = eventWords(event);
  return (
    <li className={classes.event}>
      <div className={classes.words}>
        <Truncate size="sm">{what}</Truncate>
        <Truncate size="xs" c="dimmed">
          {who}
        </Truncate>
      </div>
      <span className={classes.when}>
        <TimeAgo at={event.at} />
      </span>
    </li>
  );
};
