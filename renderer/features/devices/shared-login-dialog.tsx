import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { errorAtField, type ErrorView } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { useClient, useStores } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showDone } from '../../ui/toast.ts';
import { deviceFields, emptyLogin, loginChecks, toCredential, type LoginForm } from './device-form.ts';
import type { TargetProps } from './group-dialog.tsx';
import { LoginFields } from './login-fields.tsx';

/** One login for many devices. */
export const SharedLoginDialog = ({ selection, what, onClose }: TargetProps) => {
  const client = useClient();
  const { devices } = useStores();
  const [error, setError] = useState<ErrorView | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm<LoginForm>({
    initialValues: { ...emptyLogin, user: '' },
    validate: { ...loginChecks, user: (user) => (user.trim() === '' ? null : loginChecks.user(user)) },
  });
  const save = form.onSubmit(async (values) => {
    setBusy(true);
    setError(null);
    try {
      const { changed } = await client.devices.setLogin({
        selection,
        ...(values.user.trim() === '' ? {} : { user: values.user.trim() }),
        credential: toCredential(values),
        sudoPassword: values.sudoPassword,
      });
      await devices.refreshNow();
      showDone('Login saved', `${plural(changed, 'device')} use it from the next run on.`);
      onClose();
    } catch (failure) {
      const { fields, rest } = errorAtField(failure, deviceFields);
      form.setErrors(fields);
      setError(rest);
    } finally {
      setBusy(false);
    }
  });
  return (
    <Dialog onClose={onClose} title={`Login for ${what}`} size={560}>
      <form onSubmit={save} noValidate>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            Replaces the login that each of them has now.
          </Text>
          <TextInput
            label="User"
            placeholder="Each keeps its own"
            spellCheck={false}
            data-autofocus
            {...form.getInputProps('user')}
          />
          <LoginFields form={form} offersGroup />
          {error ? <ErrorNote {...error} /> : null}
          <DialogActions>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isBusy}>
              Save login
            </Button>
          </DialogActions>
        </Stack>
      </form>
    </Dialog>
  );
};
