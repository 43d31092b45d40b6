import { Badge, Button, Collapse, Group, Stack, Text } from '@mantine/core';
import { IconArrowBackUp, IconFileExport, IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import type { Device } from '#shared/model/devices.ts';
import type { TrustHistoryEntry } from '#shared/model/trust.ts';
import { viewError } from '../../error-view.ts';
import { formatTime } from '../../format.ts';
import { saveText } from '../../save-text.ts';
import { useClient } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { StateDot, type Tone } from '../../ui/state-dot.tsx';
import { showError } from '../../ui/toast.ts';
import { useAnswer } from '../../use-answer.ts';
import { ChangesTable } from './changes-table.tsx';
import classes from './history-tab.module.css';

interface HistoryTabProps {
  device: Device;
  onUndo(): void;
}

const OUTCOMES: Record<TrustHistoryEntry['outcome'], { tone: Tone; label: string }> = {
  planned: { tone: 'idle', label: 'planned' },
  changed: { tone: 'ok', label: 'changed' },
  unchanged: { tone: 'ok', label: 'nothing to do' },
  verified: { tone: 'ok', label: 'verified' },
  drifted: { tone: 'warn', label: 'drifted' },
  failed: { tone: 'bad', label: 'failed' },
  cancelled: { tone: 'idle', label: 'cancelled' },
};
const ACTIONS: Record<TrustHistoryEntry['action'], string> = { push: 'Push', verify: 'Verify', undo: 'Undo' };

/** Every run on this device, newest first. */
export const HistoryTab = ({ device, onUndo }: HistoryTabProps) => {
  const client = useClient();
  const { lastRunAt, state } = device.trust;
  const { answer: entries, error } = useAnswer(
    () => client.trust.history({ device: device.id }),
    `${device.id} ${lastRunAt} ${state}`,
  );

  if (error) return <ErrorNote {...error} />;
  if (entries === null) return null;
  if (entries.length === 0) {
    return (
      <EmptyState
        icon={<IconHistory size={26} stroke={1.6} />}
        title="No runs yet"
        text="Every push, check and undo on this device will be listed here, with the exact files before and after."
      />
    );
  }
  return (
    <Card title="History" isFlush actions={<ExportJournal device={device} />}>
      <ul className={classes.list} aria-label="History">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} onUndo={onUndo} />
        ))}
      </ul>
    </Card>
  );
};

/** What was done on this device, for those who audit it. */
const ExportJournal = ({ device }: { device: Device }) => {
  const client = useClient();
  const save = () =>
    client.trust.journalExport({ selection: { devices: [device.id] }, format: 'csv' }).then(
      ({ text }) => saveText(`journal-${device.name.replace(/[^\w.-]+/g, '_')}.csv`, text, 'text/csv'),
      (failure: unknown) => showError(viewError(failure)),
    );
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconFileExport size={15} aria-hidden />}
      onClick={() => void save()}
    >
      Export journal
    </Button>
  );
};

const Entry = ({ entry, onUndo }: { entry: TrustHistoryEntry; onUndo(): void }) => {
  const [isOpen, setOpen] = useState(false);
  const outcome = OUTCOMES[entry.outcome];
  const changes = entry.changes.length;
  return (
    <li className={classes.entry}>
      <Group gap="md" wrap="nowrap">
        <Text size="sm" c="dimmed" className={classes.time}>
          {formatTime(entry.at)}
        </Text>
        <Text size="sm" component="div" className={classes.outcome}>
          <StateDot tone={outcome.tone} label={`${ACTIONS[entry.action]}: ${outcome.label}`} />
        </Text>
        <Text size="sm" flex={1} className={classes.message}>
          {entry.message}
        </Text>
        {entry.isStanding ? (
          <Badge variant="light" tt="none">
            stands
          </Badge>
        ) : null}
        {changes > 0 ? (
          <Button size="compact-sm" variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Hide' : 'Show'} {changes === 1 ? '1 file' : `${changes} paths`}
          </Button>
        ) : null}
        {entry.isStanding ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconArrowBackUp size={14} aria-hidden />}
            onClick={onUndo}
          >
            Undo
          </Button>
        ) : null}
      </Group>
      <Collapse expanded={isOpen}>
        <Stack mt={6}>
          <ChangesTable label={`Changes of ${formatTime(entry.at)}`} changes={entry.changes} />
        </Stack>
      </Collapse>
    </li>
  );
};
