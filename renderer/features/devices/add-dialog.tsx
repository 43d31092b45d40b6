import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { Device } from '#shared/model/devices.ts';
import { useClient, useStores } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PortInput } from '../../ui/port-input.tsx';
import { useSending } from '../../use-action.ts';
import { deviceChecks, deviceFields, emptyDevice, toDeviceInput, type DeviceForm } from './device-form.ts';
import { HostKeyStep, type Contact } from './host-key-step.tsx';
import { LoginFields } from './login-fields.tsx';

interface AddDialogProps {
  /** Filled in from a discovered device. */
  initial: Partial<DeviceForm>;
  onClose(): void;
  onAdded(device: Device): void;
}

/** Adds a device in two steps: how to reach it, then who it says it is. */
export const AddDialog = ({ initial, onClose, onAdded }: AddDialogProps) => (
  <Dialog onClose={onClose} title="Add device" size={560}>
    <AddForm initial={initial} onAdded={onAdded} />
  </Dialog>
);

const AddForm = ({ initial, onAdded }: Pick<AddDialogProps, 'initial' | 'onAdded'>) => {
  const client = useClient();
  const { devices } = useStores();
  const [contact, setContact] = useState<Contact | null>(null);
  const form = useForm<DeviceForm>({ initialValues: { ...emptyDevice, ...initial }, validate: deviceChecks });
  const { values } = form;

  const setErrors = (errors: Record<string, string>) => {
    form.setErrors(errors);
    // An error at a field is seen where the fields are.
    if (Object.keys(errors).length > 0) setContact(null);
  };
  const { isBusy, error, run, clear } = useSending({ setErrors }, deviceFields);
  const meet = form.onSubmit(() =>
    run(async () => {
      const port = values.port === '' ? null : values.port;
      setContact(await client.devices.contact({ address: values.address.trim(), port }));
    }),
  );
  const add = (hostKey: Parameters<typeof toDeviceInput>[1], port: number | null) =>
    run(async () => {
      const device = await client.devices.add(toDeviceInput(values, hostKey, port));
      devices.put(device);
      onAdded(device);
    });

  if (contact) {
    return (
      <HostKeyStep
        contact={contact}
        address={values.address}
        isBusy={isBusy}
        error={error}
        onBack={() => {
          setContact(null);
          clear();
        }}
        onConfirm={(fingerprint) => void add({ kind: 'confirmed', fingerprint }, contact.port)}
      />
    );
  }
  return (
    <form onSubmit={meet} noValidate>
      <Stack gap="sm">
        <Group gap="sm" align="flex-start" wrap="nowrap">
          <TextInput
            label="Address"
            placeholder="192.168.1.40 or 7b23988.local"
            flex={1}
            data-autofocus
            spellCheck={false}
            autoComplete="off"
            {...form.getInputProps('address')}
          />
          <PortInput placeholder="22222, 22" w={110} {...form.getInputProps('port')} />
        </Group>
        <Group gap="sm" align="flex-start" grow>
          <TextInput
            label="Name"
            placeholder="As the address"
            autoComplete="off"
            {...form.getInputProps('name')}
          />
          <TextInput label="User" autoComplete="off" spellCheck={false} {...form.getInputProps('user')} />
        </Group>
        <LoginFields form={form} />
        {error ? (
          <ErrorNote
            {...error}
            action={
              error.code === 'DEVICE_UNREACHABLE' || error.code === 'DEVICE_NAME_UNKNOWN' ? (
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => void add({ kind: 'offline' }, values.port === '' ? null : values.port)}
                >
                  Add it all the same
                </Button>
              ) : null
            }
          />
        ) : null}
        <DialogActions note="Nothing is changed on the device by adding it.">
          <Button type="submit" loading={isBusy}>
            Continue
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
};
