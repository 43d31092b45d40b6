import { Anchor, Button, Collapse, Text } from '@mantine/core';
import { useState } from 'react';
import type { PlanGroup } from '#shared/model/trust.ts';
import { formatCount } from '../../format.ts';
import { links } from '../../app/route.ts';
import { useClient } from '../../stores.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { useAnswer } from '../../use-answer.ts';
import { ChangesTable } from '../devices/changes-table.tsx';
import { changeWords, toneOf } from './plan-groups.ts';
import classes from './plan-view.module.css';

interface PlanGroupRowProps {
  group: PlanGroup;
  jobId: string;
}

/** Devices that need the same; opened, each with its files before and after. */
export const PlanGroupRow = ({ group, jobId }: PlanGroupRowProps) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <li className={classes.group}>
      <div className={classes.head}>
        <Text size="sm" fw={600} component="div" className={classes.count}>
          <StateDot tone={toneOf(group)} label={`${formatCount(group.count)} ×`} />
        </Text>
        <div className={classes.words}>
          <Text size="sm" fw={550}>
            {group.title}
          </Text>
          <Text size="sm" c="dimmed">
            {changeWords(group) || group.next}
          </Text>
        </div>
        <Button size="compact-sm" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide' : group.count === 1 ? 'Show it' : 'Show each'}
        </Button>
      </div>
      <Collapse expanded={isOpen}>{isOpen ? <Members group={group} jobId={jobId} /> : null}</Collapse>
    </li>
  );
};

const SHOWN = 20;

/** The devices of a group, a few at a time. */
const Members = ({ group, jobId }: PlanGroupRowProps) => {
  const client = useClient();
  const [count, setCount] = useState(SHOWN);
  const ids = group.ids.slice(0, count);
  const { answer, error } = useAnswer(
    () => client.trust.result({ jobId, devices: ids, limit: Math.min(500, ids.length) }),
    // While devices are looked at the same ones may come to stand in another group.
    `${jobId} ${group.title} ${ids.join()}`,
  );
  if (error) return <ErrorNote {...error} />;
  return (
    <div className={classes.members}>
      {(answer?.devices ?? []).map((device) => (
        <section key={device.id} aria-label={device.name}>
          <Text size="sm" component="div" className={classes.member}>
            <Anchor href={links.device(device.id, 'files')} fw={550}>
              {device.name}
            </Anchor>
            <span className={classes.address}>{device.address}</span>
            {device.message ? <span className={classes.message}>{device.message}</span> : null}
          </Text>
          {device.changes.length > 0 ? (
            <ChangesTable label={`Changes on ${device.name}`} changes={device.changes} />
          ) : null}
          {device.findings.map((finding) => (
            <ErrorNote key={finding.path + finding.code} {...finding} tone="warn" isLive={false} />
          ))}
        </section>
      ))}
      {group.ids.length > count ? (
        <Button size="compact-sm" variant="default" onClick={() => setCount(count + SHOWN)}>
          Show {formatCount(Math.min(SHOWN, group.ids.length - count))} more of{' '}
          {formatCount(group.ids.length)}
        </Button>
      ) : null}
    </div>
  );
};
