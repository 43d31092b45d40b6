import { Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Device } from '#shared/model/devices.ts';
import { useClient, useStores } from '../../stores.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { PortInput } from '../../ui/port-input.tsx';
import { showDone } from '../../ui/toast.ts';
import { useSending } from '../../use-action.ts';
import { changeChecks, changedCredential, deviceFields, loginOf, type DeviceForm } from './device-form.ts';
import { LoginFields } from './login-fields.tsx';

interface LoginDialogProps {
  device: Device;
  isOpen: boolean;
  onClose(): void;
}

/** Name, address, user and credential of a known device. */
export const LoginDialog = ({ device, isOpen, onClose }: LoginDialogProps) => (
  <Dialog opened={isOpen} onClose={onClose} title="Change login" size={560}>
    <LoginDialogForm device={device} onClose={onClose} />
  </Dialog>
);

const LoginDialogForm = ({ device, onClose }: Omit<LoginDialogProps, 'isOpen'>) => {
  const client = useClient();
  const { devices } = useStores();
  const form = useForm<DeviceForm>({
    initialValues: {
      ...loginOf(device),
      address: device.address,
      name: device.name,
      port: device.port ?? '',
    },
    validate: changeChecks(device),
  });
  const { isBusy, error, run } = useSending(form, deviceFields);
  const save = form.onSubmit((values) =>
    run(async () => {
      const credential = changedCredential(device, values);
      const updated = await client.devices.update({
        device: device.id,
        name: values.name.trim() || values.address.trim(),
        address: values.address.trim(),
        port: values.port === '' ? null : values.port,
        user: values.user.trim(),
        ...(credential === undefined ? {} : { credential }),
        ...(values.sudoPassword === '' ? {} : { sudoPassword: values.sudoPassword }),
      });
      devices.put(updated);
      showDone('Saved', `The next run on ${updated.name} uses it.`);
      onClose();
    }),
  );
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="sm">
        <Group gap="sm" align="flex-start" wrap="nowrap">
          <TextInput label="Address" flex={1} spellCheck={false} {...form.getInputProps('address')} />
          <PortInput placeholder="22222, 22" w={110} {...form.getInputProps('port')} />
        </Group>
        <Group gap="sm" align="flex-start" grow>
          <TextInput label="Name" {...form.getInputProps('name')} />
          <TextInput label="User" spellCheck={false} {...form.getInputProps('user')} />
        </Group>
        <LoginFields form={form} keeps={device.credential.kind} offersGroup={device.group !== ''} />
        <FormFoot verb="Save" isBusy={isBusy} error={error} onCancel={onClose} />
      </Stack>
    </form>
  );
};
