import { Checkbox, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import type { PermittedNames } from '#shared/model/pki.ts';
import { plural } from '../../format.ts';
import { useClient, useSelect, useStores } from '../../stores.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { showDone } from '../../ui/toast.ts';
import { useSending } from '../../use-action.ts';
import { emptySetup, setupChecks, setupFields, toSetupInput, type SetupForm } from '../setup/setup-form.ts';
import { CaFields } from './ca-fields.tsx';

interface ReplaceDialogProps {
  isOpen: boolean;
  onClose(): void;
}

/** A new CA, made or imported: explicit, because it takes every device's trust away. */
export const ReplaceDialog = ({ isOpen, onClose }: ReplaceDialogProps) => (
  <Dialog opened={isOpen} onClose={onClose} title="Replace the certificate authority" size={640}>
    <ReplaceForm onClose={onClose} />
  </Dialog>
);

const ReplaceForm = ({ onClose }: Pick<ReplaceDialogProps, 'onClose'>) => {
  const client = useClient();
  const { certificates } = useStores();
  const proven = useSelect('home', (state) => state.status?.devices.proven ?? 0);
  const names = useSelect('certificates', (state) => state.endpoint?.names);
  const [permitted, setPermitted] = useState<PermittedNames | null>(null);
  const [isUnderstood, setUnderstood] = useState(false);
  const { caYears, certificatePem } = setupChecks;
  const form = useForm<SetupForm>({ initialValues: emptySetup, validate: { caYears, certificatePem } });

  useEffect(() => {
    client.setup.preview({ names: names ?? [] }).then(
      (preview) => setPermitted(preview.permitted),
      () => undefined,
    );
  }, [client, names]);

  const { isBusy, error, run } = useSending(form, setupFields);
  const replace = form.onSubmit((values) =>
    run(async () => {
      certificates.setPki(await client.pki.replaceCa(toSetupInput(values, []).ca));
      await certificates.load();
      showDone('CA replaced', 'Push trust to your devices now: until then they cannot pull.');
      onClose();
    }),
  );
  return (
    <form onSubmit={replace} noValidate>
      <Stack gap="md">
        <ErrorNote
          tone="warn"
          isLive={false}
          title={
            proven > 0
              ? `${plural(proven, 'device')} will stop pulling`
              : 'Devices that trust the old CA will stop pulling'
          }
          cause="They trust the CA you are about to replace, and refuse what a new one has signed."
          next="Push trust to all of them right afterwards."
        />
        <CaFields form={form} permitted={permitted} />
        <Checkbox
          label="I will push trust to the devices again"
          checked={isUnderstood}
          onChange={(event) => setUnderstood(event.currentTarget.checked)}
        />
        <FormFoot
          verb="Replace CA"
          isBusy={isBusy}
          error={error}
          onCancel={onClose}
          disabled={!isUnderstood}
          isDanger
        />
      </Stack>
    </form>
  );
};
