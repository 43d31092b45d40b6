import { Button, Stack, TagsInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { errorAtField, type FieldErrors } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { useClient, useSelect, useStores } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showDone } from '../../ui/toast.ts';
import type { TargetProps } from './group-dialog.tsx';

const NONE: { name: string; count: number }[] = [];

/** Adds tags to devices and takes tags away. */
export const TagsDialog = ({ selection, what, onClose }: TargetProps) => {
  const client = useClient();
  const { devices } = useStores();
  const known = useSelect('fleet', (state) => state.extra?.tags ?? NONE);
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [errors, setErrors] = useState<FieldErrors>({ fields: {}, rest: null });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const { changed } = await client.devices.setTags({ selection, add, remove });
      await devices.refreshNow();
      showDone('Tags saved', `${plural(changed, 'device')} changed.`);
      onClose();
    } catch (failure) {
      setErrors(errorAtField(failure, { add: 'add', remove: 'remove' }));
      setBusy(false);
    }
  };
  const names = known.map(({ name }) => name);
  return (
    <Dialog onClose={onClose} title={`Tags of ${what}`} size={460}>
      <form onSubmit={(event) => void save(event)}>
        <Stack gap="sm">
          <TagsInput
            label="Add"
            description="Enter after each."
            placeholder={add.length === 0 ? 'canary' : ''}
            data={names}
            value={add}
            onChange={setAdd}
            error={errors.fields.add}
            data-autofocus
          />
          {names.length > 0 ? (
            <TagsInput
              label="Take away"
              data={names}
              value={remove}
              onChange={(values) => setRemove(values.filter((name) => names.includes(name)))}
              error={errors.fields.remove}
            />
          ) : null}
          {errors.rest ? <ErrorNote {...errors.rest} /> : null}
          <DialogActions>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isBusy} disabled={add.length + remove.length === 0}>
              Save tags
            </Button>
          </DialogActions>
        </Stack>
      </form>
    </Dialog>
  );
};
