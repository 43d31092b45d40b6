import { Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { plural } from '../../format.ts';
import { useClient, useStores } from '../../stores.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { showDone } from '../../ui/toast.ts';
import { useSending } from '../../use-action.ts';
import { deviceFields, emptyLogin, loginChecks, toCredential, type LoginForm } from './device-form.ts';
import type { TargetProps } from './group-dialog.tsx';
import { LoginFields } from './login-fields.tsx';

/** One login for many devices. */
export const SharedLoginDialog = ({ selection, what, onClose }: TargetProps) => {
  const client = useClient();
  const { devices } = useStores();
  const form = useForm<LoginForm>({
    initialValues: { ...emptyLogin, user: '' },
    validate: { ...loginChecks, user: (user) => (user.trim() === '' ? null : loginChecks.user(user)) },
  });
  const { isBusy, error, run } = useSending(form, deviceFields);
  const save = form.onSubmit((values) =>
    run(async () => {
      const { changed } = await client.devices.setLogin({
        selection,
        ...(values.user.trim() === '' ? {} : { user: values.user.trim() }),
        credential: toCredential(values),
        sudoPassword: values.sudoPassword,
      });
      await devices.refreshNow();
      showDone('Login saved', `${plural(changed, 'device')} use it from the next run on.`);
      onClose();
    }),
  );
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
          <FormFoot verb="Save login" isBusy={isBusy} error={error} onCancel={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
};
