import { Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { DeviceGroup } from '#shared/model/fleet.ts';
import { useClient, useStores } from '../../stores.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { PortInput } from '../../ui/port-input.tsx';
import { showDone } from '../../ui/toast.ts';
import { useSending } from '../../use-action.ts';
import {
  changeChecks,
  deviceFields,
  loginChecks,
  loginOf,
  toGroupLogin,
  type LoginForm,
} from './device-form.ts';
import { LoginFields } from './login-fields.tsx';

interface GroupLoginFields extends LoginForm {
  port: number | '';
}

/** The login that devices of a group share, when they log in "as the group". */
export const GroupLoginForm = ({ group, onDone }: { group: DeviceGroup; onDone(): void }) => {
  const client = useClient();
  const { devices } = useStores();
  const { keyFile, keyPem, password, port } = changeChecks(group);
  const form = useForm<GroupLoginFields>({
    initialValues: { ...loginOf(group), port: group.port ?? '' },
    validate: {
      ...{ keyFile, keyPem, password, port },
      user: (user) => (user.trim() === '' ? null : loginChecks.user(user)),
    },
  });
  const { isBusy, error, run } = useSending(form, deviceFields);
  const save = form.onSubmit((values) =>
    run(async () => {
      await client.devices.setGroupLogin(toGroupLogin(group, values));
      await devices.refreshNow();
      showDone('Login saved', `Devices of ${group.name} that log in as their group use it from now on.`);
      onDone();
    }),
  );
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          For devices whose own login is “As its group”: choose Login for a selection to switch them.
        </Text>
        <Group gap="sm" align="flex-start" wrap="nowrap">
          <TextInput
            label="User"
            placeholder="Each keeps its own"
            flex={1}
            spellCheck={false}
            data-autofocus
            {...form.getInputProps('user')}
          />
          <PortInput placeholder="22222, 22" w={110} {...form.getInputProps('port')} />
        </Group>
        <LoginFields form={form} keeps={group.credential?.kind ?? null} />
        <FormFoot verb="Save login" isBusy={isBusy} error={error} cancel="Back" onCancel={onDone} />
      </Stack>
    </form>
  );
};
