import { Button, Group, Stack, Text } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { formatBytes, plural } from '../../format.ts';
import { useClient } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import { viewError } from '../../error-view.ts';
import { useItems } from '../runs/use-job.ts';
import { StoreJob, useStoreJob } from './store-job.tsx';
import { verifyResultOf } from './storage-view.ts';

/** Hashes everything again, and names what the disk has damaged. */
export const VerifyCard = () => {
  const client = useClient();
  const { job, error, isBusy, isRunning, start } = useStoreJob('registry.verify');
  const result = isRunning ? null : verifyResultOf(job);
  const [item] = useItems(job);
  const broken = isRunning ? null : item?.error;
  return (
    <Card title="Verify">
      <Stack gap="sm">
        <Text size="sm">
          Hashes every stored byte again, slowly enough for pulls to go first. What is not as it was pushed is
          taken out of service, so that no device ever gets it.
        </Text>
        <StoreJob job={job} error={error} />
        {broken ? <ErrorNote {...viewError(broken)} /> : null}
        {result && result.quarantined.length === 0 ? (
          <Text size="sm" fw={600} role="status">
            {plural(result.blobs, 'blob')}, {formatBytes(result.checkedBytes)}: all as pushed.
          </Text>
        ) : null}
        {result && result.quarantined.length > 0 ? (
          <ul aria-label="Damaged blobs">
            {result.quarantined.map(({ digest, repositories }) => (
              <li key={digest}>
                <Truncate size="sm">{`${repositories.join(', ') || 'in no repository'}: ${digest}`}</Truncate>
              </li>
            ))}
          </ul>
        ) : null}
        <Group gap="xs">
          <Button
            variant="default"
            disabled={isBusy}
            leftSection={<IconShieldCheck size={16} aria-hidden />}
            onClick={() => start(() => client.registry.verify())}
          >
            Verify everything
          </Button>
        </Group>
      </Stack>
    </Card>
  );
};
