import { Button, Group, Stack, Text } from '@mantine/core';
import type { ImportResult } from '#shared/model/device-import.ts';
import { plural } from '../../format.ts';
import { useClient } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import type { ImportSource } from './import-form.ts';
import { Problems } from './problems.tsx';

interface ImportResultStepProps {
  result: ImportResult;
  hostKey: ImportSource['hostKey'];
  onClose(): void;
}

/** What came of it, and what comes next. */
export const ImportResultStep = ({ result, hostKey, onClose }: ImportResultStepProps) => {
  const client = useClient();
  const { id: preview, problems, problemCount } = result;
  const loadProblems = async (offset: number) =>
    preview === null ? [] : (await client.devices.importPreviewPage({ preview, offset })).problems;
  return (
    <Stack gap="md">
      <Group gap="lg" role="status">
        <StateDot tone="ok" isStrong label={`${plural(result.added, 'device')} added`} />
        {result.updated > 0 ? <Text size="sm">{plural(result.updated, 'device')} changed</Text> : null}
        {result.skipped > 0 ? (
          <Text size="sm" c="dimmed">
            {plural(result.skipped, 'line')} left out or as in the list
          </Text>
        ) : null}
        {problemCount > 0 ? (
          <Text size="sm">{plural(problemCount, 'problem')}, whose lines were left out</Text>
        ) : null}
      </Group>
      {problemCount > 0 ? <Problems problems={problems} total={problemCount} load={loadProblems} /> : null}
      <Text size="sm" c="dimmed">
        {hostKey === 'accept-new'
          ? 'Nobody was connected to yet. Push trust: the key each device shows then is remembered.'
          : 'Nobody was connected to yet. Their host keys are still unknown: import a known_hosts file, confirm them on the page of each device, or let a push accept them.'}
      </Text>
      <DialogActions>
        <Button onClick={onClose}>Done</Button>
      </DialogActions>
    </Stack>
  );
};
