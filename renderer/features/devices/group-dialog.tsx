import { Autocomplete, Stack } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { plural } from '../../format.ts';
import { useClient, useSelect, useStores } from '../../stores.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { showDone } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';

export interface TargetProps {
  selection: DeviceSelection;
  /** `gate-1` or `47 devices`. */
  what: string;
  count: number;
  onClose(): void;
}

const NONE: { name: string; count: number }[] = [];

/** Puts devices into a group, new or known. */
export const GroupDialog = ({ selection, what, onClose }: TargetProps) => {
  const client = useClient();
  const { devices } = useStores();
  const groups = useSelect('fleet', (state) => state.extra?.groups ?? NONE);
  const [group, setGroup] = useState('');
  const { isBusy, error, run } = useAction();
  const name = group.trim();
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      const { changed } = await client.devices.setGroup({ selection, group: name });
      await devices.refreshNow();
      showDone(name ? `In group ${name}` : 'Without a group', `${plural(changed, 'device')} moved.`);
      onClose();
    });
  };
  return (
    <Dialog onClose={onClose} title={`Group of ${what}`} size={460}>
      <form onSubmit={save}>
        <Stack gap="sm">
          <Autocomplete
            label="Group"
            description="A known one, or a new name. Empty takes them out of their group."
            placeholder="line-3"
            data={groups.map((one) => one.name).filter(Boolean)}
            value={group}
            onChange={setGroup}
            data-autofocus
            maxLength={60}
          />
          <FormFoot
            verb={name ? `Move to ${name}` : 'Take out of the group'}
            isBusy={isBusy}
            error={error}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
};
