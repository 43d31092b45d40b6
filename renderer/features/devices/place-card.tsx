import { Autocomplete, Button, Stack, TagsInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import type { Device } from '#shared/model/devices.ts';
import { useClient, useStores } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { Facts } from '../../ui/facts.tsx';
import { showDone } from '../../ui/toast.ts';
import { useSending } from '../../use-action.ts';
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

const NONE: { name: string }[] = [];

const PlaceForm = ({ device, onClose }: { device: Device; onClose(): void }) => {
  const client = useClient();
  const { devices } = useStores();
  const { answer: known } = useAnswer(() => client.devices.page({ limit: 1 }), device.id);
  const [group, setGroup] = useState(device.group);
  const [tags, setTags] = useState(device.tags);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const { isBusy, error, run } = useSending({ setErrors }, { group: 'group', tags: 'tags' });
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      devices.put(await client.devices.update({ device: device.id, group: group.trim(), tags }));
      showDone('Group and tags saved', device.name);
      onClose();
    });
  };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="sm">
        <Autocomplete
          label="Group"
          description="A known one, or a new name. Empty: it belongs to none."
          data={(known?.groups ?? NONE).map(({ name }) => name).filter(Boolean)}
          value={group}
          onChange={setGroup}
          error={errors['group']}
          data-autofocus
        />
        <TagsInput
          label="Tags"
          description="Enter after each."
          data={(known?.tags ?? NONE).map(({ name }) => name)}
          value={tags}
          onChange={setTags}
          error={errors['tags']}
          acceptValueOnBlur
        />
        <FormFoot verb="Save" isBusy={isBusy} error={error} onCancel={onClose} />
      </Stack>
    </form>
  );
};
