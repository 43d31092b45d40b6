import { Button, NativeSelect, Radio, Stack, Textarea } from '@mantine/core';
import { viewError, type ErrorView } from '../../error-view.ts';
import { saveText } from '../../save-text.ts';
import { useClient } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { showError } from '../../ui/toast.ts';
import { FORMATS, type ImportSource } from './import-form.ts';

interface ImportSourceStepProps {
  source: ImportSource;
  isBusy: boolean;
  error: ErrorView | null;
  onChange(source: ImportSource): void;
  onLook(source: ImportSource): void;
}

/** Characters that a field lays out without a pause. */
const MOST_SHOWN = 50_000;

/** The file, its form, and what to do about host keys. */
export const ImportSourceStep = ({ source, isBusy, error, onChange, onLook }: ImportSourceStepProps) => {
  const client = useClient();
  const change = (patch: Partial<ImportSource>) => onChange({ ...source, ...patch });
  const isLongFile = source.fileName !== '' && source.text.length > MOST_SHOWN;
  const template = () =>
    client.devices.csvTemplate().then(
      ({ text }) => saveText('devices.csv', text, 'text/csv'),
      (failure: unknown) => showError(viewError(failure)),
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onLook(source);
      }}
    >
      <Stack gap="md">
        <FileDrop
          text="Drop a list of devices here: CSV, an OpenSSH configuration or an Ansible inventory."
          onText={(text, fileName) => onLook({ ...source, text, fileName })}
        >
          <Button variant="subtle" size="xs" onClick={() => void template()}>
            Download a CSV template
          </Button>
        </FileDrop>
        <Textarea
          label="Or paste it"
          description={
            isLongFile ? `${source.fileName} is read. It is too long to be shown here.` : undefined
          }
          placeholder={'address,name,user,port,keyFile,password,group,tags\n10.0.4.17,gate-2,root,,,,gates,'}
          rows={5}
          spellCheck={false}
          autoComplete="off"
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.78rem' } }}
          value={isLongFile ? '' : source.text}
          onChange={(event) => change({ text: event.currentTarget.value, fileName: '' })}
        />
        <NativeSelect
          label="Format"
          data={[
            { value: 'auto', label: 'Recognise it' },
            ...Object.entries(FORMATS).map(([value, label]) => ({ value, label })),
          ]}
          value={source.format}
          onChange={(event) => change({ format: event.currentTarget.value as ImportSource['format'] })}
        />
        <Radio.Group
          label="Host keys"
          value={source.hostKey}
          onChange={(hostKey) => change({ hostKey: hostKey as ImportSource['hostKey'] })}
        >
          <Stack gap="xs" mt={6}>
            <Radio
              value="first-contact"
              label="Ask me at first contact"
              description="Each device waits until its key was confirmed, or found in a known_hosts file."
            />
            <Radio
              value="accept-new"
              label="Accept the key a device shows first"
              description="Remembered without anyone having compared it, and marked so. Keys that change later are refused."
            />
          </Stack>
        </Radio.Group>
        {error ? <ErrorNote {...error} /> : null}
        <DialogActions note="Importing connects to nobody. Passwords go into the encrypted store.">
          <Button type="submit" loading={isBusy} disabled={source.text.trim() === ''}>
            Look at it
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
};
