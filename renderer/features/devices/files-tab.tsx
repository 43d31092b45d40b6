import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { IconFileDiff, IconTerminal2 } from '@tabler/icons-react';
import { useState } from 'react';
import type { Device } from '#shared/model/devices.ts';
import { viewError } from '../../error-view.ts';
import { useClient } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { showDone } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import { useFirstResult, useItems, useJob } from '../runs/use-job.ts';
import { PlanCard, type TickedFiles } from './plan-card.tsx';
import { ScriptForm } from './script-form.tsx';

interface FilesTabProps {
  device: Device;
  /** A push was started from the plan. */
  onRun(jobId: string): void;
}

/** What a push would do on this device, read from the device now. */
export const FilesTab = ({ device, onRun }: FilesTabProps) => {
  const client = useClient();
  const { isBusy, error, run } = useAction();
  const [jobId, setJobId] = useState<string | null>(null);
  const [ticked, setTicked] = useState<TickedFiles>({ repair: [], replace: [] });
  const [isCopying, setCopying] = useState(false);
  const { job } = useJob(jobId);
  const [item] = useItems(job);
  const result = useFirstResult(job);
  const isPlanning = isBusy || job?.state === 'running';
  const plan = () =>
    run(async () => setJobId((await client.trust.plan({ selection: { devices: [device.id] } })).jobId));
  const copyUndo = () =>
    run(async () => {
      const { script } = await client.trust.script({ isUndo: true });
      await navigator.clipboard.writeText(script);
      showDone(
        'Script copied',
        'Run it as root in a shell on the device: it takes back what such a script has done.',
      );
    });
  return (
    <Stack gap="md">
      <Group gap="xs">
        <Button
          variant="default"
          loading={isPlanning}
          leftSection={<IconFileDiff size={16} aria-hidden />}
          onClick={() => void plan()}
        >
          Show plan
        </Button>
        <Button
          variant="default"
          leftSection={<IconTerminal2 size={16} aria-hidden />}
          onClick={() => setCopying(true)}
        >
          Copy the script
        </Button>
        <Button variant="subtle" onClick={() => void copyUndo()}>
          Copy its undo
        </Button>
        <Text size="sm" c="dimmed">
          The plan looks at the device and writes nothing.
        </Text>
      </Group>
      {error ? <ErrorNote {...error} /> : null}
      {job?.state === 'running' ? (
        <Group gap="xs" role="status">
          <Loader size={14} aria-hidden />
          <Text size="sm">{item?.phase ?? 'Starting'}</Text>
        </Group>
      ) : null}
      {job?.error ? <ErrorNote {...viewError(job.error)} /> : null}
      {item?.error ? <ErrorNote {...viewError(item.error)} /> : null}
      {result && result.outcome !== 'failed' ? (
        <PlanCard device={device} result={result} ticked={ticked} onTick={setTicked} onRun={onRun} />
      ) : null}
      <FoundFiles device={device} />
      <Dialog
        opened={isCopying}
        onClose={() => setCopying(false)}
        title={`Script for ${device.name}`}
        size={720}
      >
        <ScriptForm device={device} ticked={ticked} onClose={() => setCopying(false)} />
      </Dialog>
    </Stack>
  );
};

const FoundFiles = ({ device }: { device: Device }) => {
  const found = device.facts?.trust ?? [];
  return (
    <Card title="Trust found on the device">
      {found.length === 0 ? (
        <Text size="sm" c="dimmed">
          {device.facts
            ? 'No certificate for this registry was there when facts were read.'
            : 'Facts were not read yet: show the plan, or read facts on Overview.'}
        </Text>
      ) : (
        <Stack gap={8}>
          {found.map((file) => (
            <div key={file.path}>
              <Text size="sm" component="div">
                <StateDot
                  tone={file.problem ? 'bad' : file.isOurs ? 'ok' : 'idle'}
                  label={file.problem ?? (file.isOurs ? 'From Mooring' : 'Not from Mooring')}
                />
              </Text>
              <Text size="sm" className="mono">
                {file.path}
              </Text>
            </div>
          ))}
        </Stack>
      )}
    </Card>
  );
};
