import { Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useClient, useStores } from '../../stores.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { showDone } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import { emptySetup, setupChecks } from '../setup/setup-form.ts';
import { LeafFields, type LeafForm } from './leaf-fields.tsx';

interface RenewDialogProps {
  isOpen: boolean;
  onClose(): void;
}

export const RenewDialog = ({ isOpen, onClose }: RenewDialogProps) => (
  <Dialog opened={isOpen} onClose={onClose} title="Renew server certificate" size={520}>
    <RenewForm onClose={onClose} />
  </Dialog>
);

const RenewForm = ({ onClose }: Pick<RenewDialogProps, 'onClose'>) => {
  const client = useClient();
  const { certificates } = useStores();
  const { isBusy, error, run } = useAction();
  const form = useForm<LeafForm>({
    initialValues: { leafDays: emptySetup.leafDays, leafAlgorithm: emptySetup.leafAlgorithm },
    validate: { leafDays: setupChecks.leafDays },
  });
  const renew = form.onSubmit(async ({ leafDays, leafAlgorithm }) => {
    const isDone = await run(async () => {
      const days = leafDays === '' ? undefined : leafDays;
      certificates.setPki(await client.pki.renewLeaf({ days, algorithm: leafAlgorithm }));
    });
    if (!isDone) return;
    showDone('Certificate renewed', 'The registry already uses it. Devices need nothing new.');
    onClose();
  });
  return (
    <form onSubmit={renew} noValidate>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          The same CA signs a new certificate, and the registry uses it at once. Nothing has to be done on
          devices.
        </Text>
        <LeafFields form={form} />
        <FormFoot verb="Renew" isBusy={isBusy} error={error} onCancel={onClose} />
      </Stack>
    </form>
  );
};
