import { Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { DiscoveredDevice } from '#shared/model/devices.ts';
import { plural } from '../../format.ts';
import { useClient, useStores } from '../../stores.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { showDone } from '../../ui/toast.ts';
import { useSending } from '../../use-action.ts';
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
  const form = useForm<FoundForm>({
    initialValues: { ...emptyLogin, group: '', hostKey: 'first-contact' },
    validate: loginChecks,
  });
  const { isBusy, error, run } = useSending(form, { ...deviceFields, group: 'group' });
  const add = form.onSubmit((values) =>
    run(async () => {
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
    }),
  );
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
        <FormFoot
          verb={`Add ${plural(found.length, 'device')}`}
          note="Adding connects to nobody."
          isBusy={isBusy}
          error={error}
          cancel="Back"
          onCancel={onBack}
        />
      </Stack>
    </form>
  );
};
