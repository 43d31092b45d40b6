import { Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { DeviceGroup } from '#shared/model/fleet.ts';
import { errorAtField, type ErrorView } from '../../error-view.ts';
import { useClient, useStores } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showDone } from '../../ui/toast.ts';
import {
  deviceChecks,
  deviceFields,
  emptyLogin,
  loginChecks,
  toCredential,
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
  const [error, setError] = useState<ErrorView | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm<GroupLoginFields>({
    initialValues: { ...startOf(group), port: group.port ?? '' },
    validate: {
      ...loginChecks,
      user: (user) => (user.trim() === '' ? null : loginChecks.user(user)),
      port: deviceChecks.port,
    },
  });
  const save = form.onSubmit(async (values) => {
    setBusy(true);
    setError(null);
    try {
      await client.devices.setGroupLogin({
        group: group.name,
        user: values.user.trim() || null,
        port: values.port === '' ? null : values.port,
        credential: toCredential(values),
        sudoPassword: values.sudoPassword,
      });
      await devices.refreshNow();
      showDone('Login saved', `Devices of ${group.name} that log in as their group use it from now on.`);
      onDone();
    } catch (failure) {
      const { fields, rest } = errorAtField(failure, deviceFields);
      form.setErrors(fields);
      setError(rest);
    } finally {
      setBusy(false);
    }
  });
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
          <NumberInput
            label="Port"
            placeholder="22222, 22"
            w={110}
            min={1}
            max={65_535}
            allowDecimal={false}
            hideControls
            {...form.getInputProps('port')}
          />
        </Group>
        <LoginFields form={form} keeps={group.credential?.kind ?? null} />
        {error ? <ErrorNote {...error} /> : null}
        <DialogActions>
          <Button variant="default" onClick={onDone}>
            Back
          </Button>
          <Button type="submit" loading={isBusy}>
            Save login
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
};

const startOf = ({ credential, user }: DeviceGroup): LoginForm => {
  const kind = credential?.kind ?? 'key';
  return {
    ...emptyLogin,
    user: user ?? '',
    method: kind === 'key' ? (credential?.file === null ? 'pasted' : 'file') : kind,
    keyFile: credential?.file ?? emptyLogin.keyFile,
  };
};
