import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { DiscoveredDevice } from '#shared/model/devices.ts';
import { errorAtField, type ErrorView } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { useClient, useStores } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showDone } from '../../ui/toast.ts';
import { deviceFields, emptyLogin, loginChecks, toCredential, type LoginForm } from './device-form.ts';
import { LoginFields } from './login-fields.tsx';

interface FoundForm extends LoginForm {
  group: string;
  hostKey: 'first-contact' | 'accept-new';
}

interface AddFoundFormProps {
  devices: DiscoveredDevice[];
  onBack(): void;
  onDone(): void;
}

/** Several discovered devices with one login. Nobody is connected to. */
export const AddFoundForm = ({ devices: found, onBack, onDone }: AddFoundFormProps) => {
  const client = useClient();
  const { devices } = useStores();
  const [error, setError] = useState<ErrorView | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm<FoundForm>({
    initialValues: { ...emptyLogin, group: '', hostKey: 'first-contact' },
    validate: loginChecks,
  });
  const add = form.onSubmit(async (values) => {
    setBusy(true);
    setError(null);
    try {
      const { added } = await client.devices.addFound({
        devices: found.map(({ address, port, name }) => ({ address, port, name })),
        user: values.user.trim(),
        credential: toCredential(values),
        sudoPassword: values.sudoPassword,
        group: values.group.trim(),
        hostKey: values.hostKey,
      });
      await devices.refreshNow();
      showDone('Added', `${plural(added, 'device')} added to the list.`);
      onDone();
    } catch (failure) {
      const { fields, rest } = errorAtField(failure, { ...deviceFields, group: 'group' });
      form.setErrors(fields);
      setError(rest);
    } finally {
      setBusy(false);
    }
  });
  return (
    <form onSubmit={add} noValidate>
      <Stack gap="md">
        <Text size="sm" c="dimmed" lineClamp={2} title={found.map(({ name }) => name).join(', ')}>
          {found.map(({ name }) => name).join(', ')}
        </Text>
        <Group gap="sm" grow align="flex-start">
          <TextInput label="User" spellCheck={false} data-autofocus {...form.getInputProps('user')} />
          <TextInput label="Group" placeholder="None" {...form.getInputProps('group')} />
        </Group>
        <LoginFields form={form} />
        <Radio.Group label="Host keys" {...form.getInputProps('hostKey')}>
          <Stack gap="xs" mt={6}>
            <Radio value="first-contact" label="Ask me at first contact" />
            <Radio
              value="accept-new"
              label="Accept the key a device shows first"
              description="Remembered without anyone having compared it, and marked so."
            />
          </Stack>
        </Radio.Group>
        {error ? <ErrorNote {...error} /> : null}
        <DialogActions note="Adding connects to nobody.">
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
          <Button type="submit" loading={isBusy}>
            Add {plural(found.length, 'device')}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
};
