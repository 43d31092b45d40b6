import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { MetDevice } from '#shared/model/devices.ts';
import { formatCount, plural } from '../../format.ts';
import { useClient, useStores } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { StateDot, type Tone } from '../../ui/state-dot.tsx';
import { showDone } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import type { TargetProps } from './group-dialog.tsx';
import { HostKeysList } from './host-keys-list.tsx';
import { byVerdict, countKeys, keysToAccept, type Verdict } from './met-keys.ts';
import { useMeeting } from './use-meeting.ts';
import pill from '../../ui/pill.module.css';

const LISTS: { verdict: Verdict; tone: Tone; words: string }[] = [
  { verdict: 'new', tone: 'warn', words: 'to be confirmed' },
  { verdict: 'changed', tone: 'bad', words: 'changed' },
  { verdict: 'failed', tone: 'idle', words: 'not met' },
  { verdict: 'same', tone: 'ok', words: 'as confirmed' },
];

/** The host keys that devices show now: a person looks at them and confirms those that are new, all or some. */
export const HostKeysDialog = ({ selection, what, onClose }: TargetProps) => {
  const client = useClient();
  const { devices } = useStores();
  const { total, met, isOver, error, stop } = useMeeting(selection);
  const accepting = useAction();
  const [chosen, setChosen] = useState<Verdict | null>(null);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const lists = useMemo(() => byVerdict(met), [met]);
  const counts = useMemo(() => countKeys(met), [met]);
  const shown = chosen ?? LISTS.find(({ verdict }) => lists[verdict].length > 0)?.verdict ?? 'new';
  const keys = keysToAccept(met, ticked);

  const tick = (rows: MetDevice[], isTicked: boolean) =>
    setTicked((before) => {
      const next = new Set(before);
      for (const { id } of rows) {
        if (isTicked) next.add(id);
        else next.delete(id);
      }
      return next;
    });
  const confirm = () =>
    accepting.run(async () => {
      const { accepted, same, refused } = await client.devices.acceptHostKeys({ keys });
      await devices.refreshNow();
      const others =
        refused.length > 0 ? ` ${plural(refused.length, 'device')} got another one meanwhile.` : '';
      showDone(`${plural(accepted + same, 'host key')} confirmed`, `Mooring can log in there now.${others}`);
      onClose();
    });
  return (
    <Dialog onClose={onClose} title={`Host keys of ${what}`} size={860}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Each device is asked for its key; nobody logs in. Compare the fingerprints with what the devices say
          of themselves: a device is known by its key from then on.
        </Text>
        {isOver ? null : <Meeting done={met.length} total={total} onStop={stop} />}
        {error ? <ErrorNote {...error} /> : null}
        {lists.changed.length > 0 ? <Changed count={lists.changed.length} /> : null}
        {met.length > 0 ? (
          <>
            <Group gap={4} role="group" aria-label="Show">
              {LISTS.filter(({ verdict }) => lists[verdict].length > 0).map(({ verdict, tone, words }) => (
                <button
                  key={verdict}
                  type="button"
                  className={pill.pill}
                  aria-pressed={verdict === shown}
                  onClick={() => setChosen(verdict)}
                >
                  <StateDot tone={tone} label={`${formatCount(lists[verdict].length)} ${words}`} />
                </button>
              ))}
            </Group>
            <HostKeysList
              key={shown}
              verdict={shown}
              rows={lists[shown]}
              counts={counts}
              ticked={ticked}
              onTick={tick}
            />
          </>
        ) : null}
        {accepting.error ? <ErrorNote {...accepting.error} /> : null}
        <DialogActions note={isOver ? summary(total ?? met.length, met.length) : ''}>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button
            loading={accepting.isBusy}
            disabled={!isOver || keys.length === 0}
            onClick={() => void confirm()}
          >
            {keys.length === 0 ? 'Confirm keys' : `Confirm ${plural(keys.length, 'key')}`}
          </Button>
        </DialogActions>
      </Stack>
    </Dialog>
  );
};

const summary = (total: number, met: number): string =>
  met < total ? `Stopped: ${formatCount(total - met)} were not asked.` : '';

interface MeetingProps {
  done: number;
  total: number | null;
  onStop(): void;
}

const Meeting = ({ done, total, onStop }: MeetingProps) => (
  <Group gap="sm" wrap="nowrap">
    <Progress
      flex={1}
      value={total ? (100 * done) / total : 0}
      aria-label="Devices asked for their key"
      size="sm"
    />
    <Text size="sm" role="status">
      {total === null ? 'Asking' : `${formatCount(done)} of ${formatCount(total)} asked`}
    </Text>
    <Button size="compact-sm" variant="default" onClick={onStop}>
      Stop
    </Button>
  </Group>
);

const Changed = ({ count }: { count: number }) => (
  <ErrorNote
    isLive={false}
    title={
      count === 1
        ? 'One device shows another key than the one confirmed'
        : `${formatCount(count)} devices show another key than the one confirmed`
    }
    cause="They were reinstalled, or other machines answer at their addresses."
    next="Find out which, and confirm the new key on the page of each device. It is not done here."
  />
);
