import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { IconEye, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { formatBytes } from '../../format.ts';
import { useClient } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { confirm } from '../../ui/confirm.tsx';
import { StoreJob, useStoreJob } from './store-job.tsx';
import { gcResultOf, gcWords } from './storage-view.ts';

/** Says what can be freed, then frees it after asking. */
export const GcCard = () => {
  const client = useClient();
  const { job, error, isBusy, start } = useStoreJob('registry.gc');
  const [removeUntagged, setRemoveUntagged] = useState(false);
  /** The choice the preview on the page was made for. */
  const [previewed, setPreviewed] = useState<boolean | null>(null);
  const result = gcResultOf(job);
  const isPreview = result?.isDryRun === true && previewed === removeUntagged;
  const canFree = isPreview && (result.freedBytes > 0 || result.manifests > 0);

  const preview = () => {
    setPreviewed(removeUntagged);
    start(() => client.registry.gc({ isDryRun: true, removeUntagged }));
  };
  const free = () =>
    confirm(
      {
        title: 'Free space',
        text: `${result ? gcWords(result) : ''} will be removed for good. Images that have a tag stay, and so does everything they need; pushes and pulls go on meanwhile.`,
        verb: 'Free space',
      },
      () => start(() => client.registry.gc({ isDryRun: false, removeUntagged })),
    );
  return (
    <Card title="Free space">
      <Stack gap="sm">
        <Text size="sm">
          Layers stay on the disk when their image is deleted or its tag moves on. Freeing takes away what
          nothing needs any more.
        </Text>
        <Checkbox
          checked={removeUntagged}
          disabled={isBusy}
          onChange={(event) => setRemoveUntagged(event.currentTarget.checked)}
          label="Remove untagged images too"
          description="Those that no tag, no index and no signed image needs. Devices that pull by digest may still want them."
        />
        <StoreJob job={job} error={error} />
        {result && !result.isDryRun ? (
          <Text size="sm" fw={600} role="status">
            Freed {gcWords(result)}.
          </Text>
        ) : null}
        {isPreview ? (
          <Text size="sm" fw={600} role="status">
            {canFree ? `${gcWords(result)} can be freed.` : 'There is nothing to free.'}
          </Text>
        ) : null}
        <Group gap="xs">
          <Button
            variant="default"
            disabled={isBusy}
            leftSection={<IconEye size={16} aria-hidden />}
            onClick={preview}
          >
            See what can be freed
          </Button>
          {canFree ? (
            <Button disabled={isBusy} leftSection={<IconTrash size={16} aria-hidden />} onClick={free}>
              Free {formatBytes(result.freedBytes)}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Card>
  );
};
