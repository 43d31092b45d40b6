import { Checkbox, Group, NativeSelect, Stack, Switch, TagsInput, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import type { AddressCandidate } from '#shared/model/names.ts';
import type { PkiState } from '#shared/model/pki.ts';
import type { EndpointChoice } from '#shared/model/setup.ts';
import { useClient, useStores } from '../../stores.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { PortInput } from '../../ui/port-input.tsx';
import { showDone } from '../../ui/toast.ts';
import { useSending } from '../../use-action.ts';
import { namesOutside } from '../setup/permitted.ts';
import { chosenAddresses, setupChecks } from '../setup/setup-form.ts';
import classes from './change-dialog.module.css';
import { listenChoices } from './listen.ts';

interface ChangeDialogProps {
  endpoint: EndpointChoice;
  pki: PkiState;
  isOpen: boolean;
  onClose(): void;
}

interface ChangeForm {
  names: string[];
  isAutomatic: boolean;
  addresses: string[];
  port: number | '';
  listen: string;
}

const FIELDS = { names: 'names', addresses: 'addresses', port: 'port', listen: 'listen' };

/** Other names, addresses or another port; the leaf is re-issued under the same CA. */
export const ChangeDialog = ({ isOpen, onClose, ...rest }: ChangeDialogProps) => (
  <Dialog opened={isOpen} onClose={onClose} title="Change names and addresses" size={560}>
    <ChangeFields onClose={onClose} {...rest} />
  </Dialog>
);

const ChangeFields = ({ endpoint, pki, onClose }: Omit<ChangeDialogProps, 'isOpen'>) => {
  const client = useClient();
  const { certificates } = useStores();
  const [candidates, setCandidates] = useState<AddressCandidate[]>([]);
  const form = useForm<ChangeForm>({
    initialValues: {
      names: endpoint.names,
      isAutomatic: endpoint.addresses === null,
      addresses: endpoint.addresses ?? [],
      port: endpoint.port,
      listen: endpoint.listen,
    },
    validate: {
      names: (names) => (names.length === 0 ? 'Give at least one name' : setupChecks.otherNames(names)),
      port: setupChecks.port,
    },
  });
  useEffect(() => {
    client.names.addresses().then(setCandidates, () => undefined);
  }, [client]);

  const { names, isAutomatic, addresses, port, listen } = form.values;
  const reachable = candidates.filter((candidate) => candidate.kind !== 'loopback');
  const outside = namesOutside(names, pki.ca?.permitted ?? null);
  const { isBusy, error, run } = useSending(form, FIELDS);
  const save = form.onSubmit(() =>
    run(async () => {
      await client.setup.change({
        names,
        addresses: isAutomatic ? null : addresses,
        listen,
        ...(port === '' ? {} : { port }),
      });
      await certificates.load();
      showDone('Changed', 'Push trust to your devices so that they know the new names.');
      onClose();
    }),
  );
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          The server certificate is signed anew for what you choose here. Devices find a new name or port only
          after trust is pushed again.
        </Text>
        <TagsInput
          label="Names"
          description="The first is the main one. Press Enter after each."
          {...form.getInputProps('names')}
        />
        {outside.length > 0 ? (
          <ErrorNote
            title={`${outside.join(', ')} is outside what the CA may vouch for`}
            cause="One such name would make devices refuse the whole certificate, so it is never signed."
            next={`Choose a name under ${pki.ca?.permitted?.dns.join(', ') ?? ''}, or replace the CA by one that permits it.`}
          />
        ) : null}
        <Switch
          label="Choose addresses automatically"
          description="Follows the network: the recommended LAN addresses, looked up whenever it changes."
          checked={isAutomatic}
          onChange={(event) => {
            form.setFieldValue('isAutomatic', event.currentTarget.checked);
            // By hand begins with what was chosen automatically.
            if (addresses.length === 0)
              form.setFieldValue('addresses', chosenAddresses({ addresses: null }, reachable));
          }}
        />
        {isAutomatic ? null : (
          <Checkbox.Group label="Addresses" {...form.getInputProps('addresses')}>
            <div className={classes.addresses}>
              {reachable.map((candidate) => (
                <Checkbox
                  key={candidate.address}
                  value={candidate.address}
                  label={`${candidate.label} ${candidate.address}`}
                  description={candidate.reason ?? undefined}
                />
              ))}
            </div>
          </Checkbox.Group>
        )}
        <Group align="flex-start">
          <PortInput w={140} {...form.getInputProps('port')} />
          <NativeSelect
            label="Listen on"
            flex={1}
            data={listenChoices(candidates, endpoint.listen)}
            {...form.getInputProps('listen')}
          />
        </Group>
        <FormFoot
          verb="Change"
          isBusy={isBusy}
          error={error}
          onCancel={onClose}
          disabled={outside.length > 0}
        />
      </Stack>
    </form>
  );
};
