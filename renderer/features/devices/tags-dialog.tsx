import { Stack, TagsInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { plural } from '../../format.ts';
import { useClient, useSelect, useStores } from '../../stores.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { showDone } from '../../ui/toast.ts';
import { useSending } from '../../use-action.ts';
import type { TargetProps } from './group-dialog.tsx';

const NONE: { name: string; count: number }[] = [];

/** Adds tags to devices and takes tags away. */
export const TagsDialog = ({ selection, what, onClose }: TargetProps) => {
  const client = useClient();
  const { devices } = useStores();
  const known = useSelect('fleet', (state) => state.extra?.tags ?? NONE);
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const { isBusy, error, run } = useSending({ setErrors }, { add: 'add', remove: 'remove' });
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      const { changed } = await client.devices.setTags({ selection, add, remove });
      await devices.refreshNow();
      showDone('Tags saved', `${plural(changed, 'device')} changed.`);
      onClose();
    });
  };
  const names = known.map(({ name }) => name);
  return (
    <Dialog onClose={onClose} title={`Tags of ${what}`} size={460}>
      <form onSubmit={save}>
        <Stack gap="sm">
          <TagsInput
            label="Add"
            description="Enter after each."
            placeholder={add.length === 0 ? 'canary' : ''}
            data={names}
            value={add}
            onChange={setAdd}
            error={errors['add']}
            data-autofocus
          />
          {names.length > 0 ? (
            <TagsInput
              label="Take away"
              data={names}
              value={remove}
              onChange={(values) => setRemove(values.filter((name) => names.includes(name)))}
              error={errors['remove']}
            />
          ) : null}
          <FormFoot
            verb="Save tags"
            isBusy={isBusy}
            error={error}
            onCancel={onClose}
            disabled={add.length + remove.length === 0}
          />
        </Stack>
      </form>
    </Dialog>
  );
};
