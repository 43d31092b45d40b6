import { Autocomplete, Button, Stack, TagsInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import type { Device } from '#shared/model/devices.ts';
import { errorAtField, type FieldErrors } from '../../error-view.ts';
import { useClient, useStores } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Facts } from '../../ui/facts.tsx';
import { showDone } from '../../ui/toast.ts';
import { useAnswer } from '../../use-answer.ts';

/** Where the device stands in the fleet: its group and its tags. */
export const PlaceCard = ({ device }: { device: Device }) => {
  const [isEditing, setEditing] = useState(false);
  return (
    <Card
      title="Group and tags"
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPencil size={15} aria-hidden />}
          aria-label="Change group and tags"
          onClick={() => setEditing(true)}
        >
          Change
        </Button>
      }
    >
      <Facts
        facts={[
          { term: 'Group', value: device.group || 'none' },
          { term: 'Tags', value: device.tags.join(', ') || 'none' },
        ]}
      />
      <Dialog
        opened={isEditing}
        onClose={() => setEditing(false)}
        title={`Group and tags of ${device.name}`}
        size={460}
      >
        <PlaceForm device={device} onClose={() => setEditing(false)} />
      </Dialog>
    </Card>
  );
};

const NO_ERRORS: FieldErrors = { fields: {}, rest: null };
const NONE: { name: string }[] = [];

const PlaceForm = ({ device, onClose }: { device: Device; onClose(): void }) => {
  const client = useClient();
  const { devices } = useStores();
  const { answer: known } = useAnswer(() => client.devices.page({ limit: 1 }), device.id);
  const [group, setGroup] = useState(device.group);
  const [tags, setTags] = useState(device.tags);
  const [isBusy, setBusy] = useState(false);
  const [errors, setErrors] = useState<FieldErrors>(NO_ERRORS);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setErrors(NO_ERRORS);
    try {
      devices.put(await client.devices.update({ device: device.id, group: group.trim(), tags }));
      showDone('Group and tags saved', device.name);
      onClose();
    } catch (failure) {
      setErrors(errorAtField(failure, { group: 'group', tags: 'tags' }));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <Stack gap="sm">
        <Autocomplete
          label="Group"
          description="A known one, or a new name. Empty: it belongs to none."
          data={(known?.groups ?? NONE).map(({ name }) => name).filter(Boolean)}
          value={group}
          onChange={setGroup}
          error={errors.fields.group}
          // Opened, its list would take the first Esc, which is meant for the dialog.
          openOnFocus={false}
          data-autofocus
        />
        <TagsInput
          label="Tags"
          description="Enter after each."
          data={(known?.tags ?? NONE).map(({ name }) => name)}
          value={tags}
          onChange={setTags}
          error={errors.fields.tags}
          acceptValueOnBlur
        />
        {errors.rest ? <ErrorNote {...errors.rest} /> : null}
        <DialogActions>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy}>
            Save
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
};
