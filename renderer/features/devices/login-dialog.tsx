import { Button, Group, NumberInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { Device } from '#shared/model/devices.ts';
import { errorAtField, type ErrorView } from '../../error-view.ts';
import { useClient, useStores } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showDone } from '../../ui/toast.ts';
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
  const [error, setError] = useState<ErrorView | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm<DeviceForm>({
    initialValues: {
      ...loginOf(device),
      address: device.address,
      name: device.name,
      port: device.port ?? '',
    },
    validate: changeChecks(device),
  });
  const save = form.onSubmit(async (values) => {
    const credential = changedCredential(device, values);
    setBusy(true);
    setError(null);
    try {
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
        <Group gap="sm" align="flex-start" wrap="nowrap">
          <TextInput label="Address" flex={1} spellCheck={false} {...form.getInputProps('address')} />
          <NumberInput
            label="Port"
            placeholder="22222, 22"
            w={110}
            allowDecimal={false}
            hideControls
            {...form.getInputProps('port')}
          />
        </Group>
        <Group gap="sm" align="flex-start" grow>
          <TextInput label="Name" {...form.getInputProps('name')} />
          <TextInput label="User" spellCheck={false} {...form.getInputProps('user')} />
        </Group>
        <LoginFields form={form} keeps={device.credential.kind} offersGroup={device.group !== ''} />
        {error ? <ErrorNote {...error} /> : null}
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
