import { Button, Stack, TagsInput } from '@mantine/core';
import { IconTerminal2 } from '@tabler/icons-react';
import { useState } from 'react';
import type { Device } from '#shared/model/devices.ts';
import { useClient, useSelect } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showDone } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import type { TickedFiles } from './plan-card.tsx';
import { emptyPush, enginesOf, pushProblems, toPushOptions, type PushForm } from './push-form.ts';
import { WhereFields } from './where-fields.tsx';

interface ScriptFormProps {
  device: Device;
  /** In the plan; where SSH does not reach, there is none. */
  ticked: TickedFiles;
  onClose(): void;
}

/** The script of a push, with the same choices a push has. */
export const ScriptForm = ({ device, ticked, onClose }: ScriptFormProps) => {
  const client = useClient();
  const permitted = useSelect('certificates', (state) => state.pki?.ca?.permitted ?? null);
  const [form, setForm] = useState<PushForm>(() => ({ ...emptyPush(1), ...ticked }));
  const [isTried, setTried] = useState(false);
  const { isBusy, error, run } = useAction();
  const problems = pushProblems(form, permitted);
  const change = (patch: Partial<PushForm>) => setForm((before) => ({ ...before, ...patch }));
  const copy = () => {
    setTried(true);
    if (Object.keys(problems).length > 0) return;
    void run(async () => {
      const { script } = await client.trust.script({ options: toPushOptions(form) });
      await navigator.clipboard.writeText(script);
      showDone('Script copied', 'Run it as root in a shell on the device: it does what a push does.');
      onClose();
    });
  };
  return (
    <Stack gap="lg">
      <WhereFields
        form={form}
        permitted={permitted}
        problems={isTried ? problems : {}}
        engines={enginesOf(device)}
        onChange={change}
      />
      <Stack gap="sm">
        <TagsInput
          label="Files to repair"
          description="Paths as the plan names them, Enter after each. A file that nothing is wrong with stays as it is."
          value={form.repair}
          onChange={(repair) => change({ repair })}
          acceptValueOnBlur
        />
        <TagsInput
          label="Files of others to replace"
          description="They come back by the undo of the script."
          value={form.replace}
          onChange={(replace) => change({ replace })}
          acceptValueOnBlur
        />
      </Stack>
      {error ? <ErrorNote {...error} /> : null}
      <DialogActions note="For a shell on the device that SSH does not reach. A second run changes nothing.">
        <Button
          data-autofocus
          loading={isBusy}
          leftSection={<IconTerminal2 size={16} aria-hidden />}
          onClick={copy}
        >
          Copy the script
        </Button>
      </DialogActions>
    </Stack>
  );
};
