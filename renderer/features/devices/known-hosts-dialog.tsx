import { Button, Stack, Text, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { KnownHostsResult } from '#shared/model/device-import.ts';
import { formatCount, plural } from '../../format.ts';
import { useClient, useStores } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { useAction } from '../../use-action.ts';
import { Problems } from './problems.tsx';
import classes from './import-dialog.module.css';

/** Takes the host keys of devices from a `known_hosts` file: nobody has to confirm them one by one. */
export const KnownHostsDialog = ({ onClose }: { onClose(): void }) => {
  const client = useClient();
  const { devices } = useStores();
  const [text, setText] = useState('');
  const [result, setResult] = useState<KnownHostsResult | null>(null);
  const { isBusy, error, run } = useAction();
  const read = (given: string) => {
    setText(given);
    void run(async () => {
      setResult(await client.devices.importKnownHosts({ text: given }));
      await devices.refreshNow();
    });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    read(text);
  };
  return (
    <Dialog onClose={onClose} title="Import host keys" size={620}>
      {result ? (
        <Result result={result} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <FileDrop
              text="Drop a known_hosts file here. Keys are taken for devices of the list; hashed names are fine."
              onText={read}
            />
            <Textarea
              label="Or paste it"
              placeholder="gate-2,10.0.4.17 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5…"
              rows={5}
              spellCheck={false}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.78rem' } }}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            {error ? <ErrorNote {...error} /> : null}
            <DialogActions note="A device with another confirmed key keeps it.">
              <Button type="submit" loading={isBusy} disabled={text.trim() === ''}>
                Import host keys
              </Button>
            </DialogActions>
          </Stack>
        </form>
      )}
    </Dialog>
  );
};

const Result = ({ result, onClose }: { result: KnownHostsResult; onClose(): void }) => (
  <Stack gap="md">
    <div role="status">
      <StateDot
        tone={result.pinned.length > 0 ? 'ok' : 'idle'}
        isStrong
        label={
          result.pinned.length > 0 ? `${plural(result.pinned.length, 'key')} taken over` : 'No new key in it'
        }
      />
    </div>
    {result.pinned.length > 0 ? (
      <ul className={classes.keys} aria-label="Keys taken over" tabIndex={0}>
        {result.pinned.map(({ id, name, type, fingerprint }) => (
          <li key={`${id} ${fingerprint}`}>
            <b>{name}</b> <span className={classes.next}>{type}</span>{' '}
            <span className="mono">{fingerprint}</span>
          </li>
        ))}
      </ul>
    ) : null}
    <Text size="sm" c="dimmed">
      {[
        result.same > 0 ? `${plural(result.same, 'key')} known before.` : '',
        result.unmatched > 0 ? `${formatCount(result.unmatched)} for hosts that are not in the list.` : '',
      ]
        .filter(Boolean)
        .join(' ')}
    </Text>
    {result.problems.length > 0 ? <Problems problems={result.problems} /> : null}
    <DialogActions>
      <Button onClick={onClose}>Done</Button>
    </DialogActions>
  </Stack>
);
