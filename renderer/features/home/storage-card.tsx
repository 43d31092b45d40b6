import { Anchor, Text } from '@mantine/core';
import type { AppStatus } from '#shared/model/app.ts';
import { links } from '../../app/route.ts';
import { formatBytes } from '../../format.ts';
import { Card } from '../../ui/card.tsx';
import classes from './home.module.css';

/** Below this share of free space a warning is due. */
const LOW_SHARE = 0.1;

export const StorageCard = ({ status }: { status: AppStatus }) => {
  const { usedBytes, freeBytes } = status.registry;
  if (usedBytes === null || freeBytes === null) {
    return (
      <Card title="Storage">
        <Text size="sm" c="dimmed">
          Measured once the registry serves.
        </Text>
      </Card>
    );
  }
  const share = usedBytes / Math.max(1, usedBytes + freeBytes);
  return (
    <Card
      title="Storage"
      actions={
        <Anchor href={links.storage} size="sm">
          Details
        </Anchor>
      }
    >
      <Text size="sm" mb={6}>
        <b>{formatBytes(usedBytes)}</b> of images, {formatBytes(freeBytes)} free on this disk
      </Text>
      <div
        className={classes.space}
        role="meter"
        aria-label="Share of the disk used by images, percent"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <div
          className={classes.used}
          data-low={share > 1 - LOW_SHARE || undefined}
          style={{ width: `${Math.round(share * 100)}%` }}
        />
      </div>
    </Card>
  );
};
