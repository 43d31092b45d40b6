import {
  Anchor,
  Button,
  Group,
  Input,
  Radio,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useState } from 'react';
import type { AddressCandidate } from '#shared/model/names.ts';
import type { PortCheck } from '#shared/model/registry.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PortInput } from '../../ui/port-input.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { NameStates } from './name-states.tsx';
import { chosenAddresses, type SetupForm } from './setup-form.ts';
import type { Preview } from './use-preview.ts';
import classes from './first-run.module.css';

interface StepRegistryProps {
  form: UseFormReturnType<SetupForm>;
  preview: Preview;
  onContinue(): void;
}

export const StepRegistry = ({ form, preview, onContinue }: StepRegistryProps) => {
  const { data } = preview;
  const portProblem = data && !preview.isChecking && !data.port.isFree ? portTaken(data.port) : null;
  const isTaken = !preview.isChecking && (data?.names.some((name) => name.isFree === false) ?? false);
  const submit = (event: { preventDefault(): void }) => {
    event.preventDefault();
    const problems = ['name', 'otherNames', 'port'].map((field) => form.validateField(field).hasError);
    if (!problems.includes(true) && !portProblem && !isTaken) onContinue();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Text c="dimmed" size="sm" mb="lg">
        Devices pull images from this computer under a name of its own. What was found is filled in; change it
        only if you need to.
      </Text>
      {preview.error ? <ErrorNote {...preview.error} /> : null}
      <Stack gap="lg">
        <div>
          <Group gap="sm" align="flex-start" wrap="nowrap">
            <TextInput
              label="Registry name"
              description="The name in front of every image, as in registry.local:5000/app:1.0"
              flex={1}
              autoComplete="off"
              spellCheck={false}
              {...form.getInputProps('name')}
            />
            <PortInput
              description="5000 is usual"
              w={120}
              {...form.getInputProps('port')}
              error={form.errors['port'] ?? portProblem !== null}
            />
          </Group>
          {form.errors['name'] ? null : (
            <NameStates names={data?.names ?? []} isChecking={preview.isChecking} />
          )}
          {portProblem ? (
            <PortTaken
              port={data?.port ?? null}
              problem={portProblem}
              onUse={(port) => form.setFieldValue('port', port)}
            />
          ) : null}
          <OtherNames form={form} />
        </div>
        <Addresses form={form} candidates={data?.addresses ?? null} />
        <Radio.Group
          label="Who may pull"
          description="Pushing always needs the login."
          {...form.getInputProps('pull')}
        >
          <Group gap="xl" mt={8}>
            <Radio value="anyone" label="Anyone on this network" />
            <Radio value="login" label="Only with a login" />
          </Group>
        </Radio.Group>
      </Stack>
      <div className={classes.footer}>
        <Button type="submit" disabled={data === null}>
          Continue
        </Button>
      </div>
    </form>
  );
};

const portTaken = (port: PortCheck): string =>
  `Port ${port.port} is taken by ${port.holder ?? 'another program'}`;

interface PortTakenProps {
  port: PortCheck | null;
  problem: string;
  onUse(port: number): void;
}

const PortTaken = ({ port, problem, onUse }: PortTakenProps) => (
  <Group gap="sm" mt={2} role="alert">
    <Text size="sm" component="div">
      <StateDot tone="bad" label={problem} />
    </Text>
    {port?.proposal ? (
      <Anchor component="button" type="button" size="sm" onClick={() => onUse(port.proposal ?? port.port)}>
        Use port {port.proposal} instead
      </Anchor>
    ) : null}
  </Group>
);

/** Rarely needed, hence behind a link until there is one. */
const OtherNames = ({ form }: { form: UseFormReturnType<SetupForm> }) => {
  const [isShown, setShown] = useState(form.values.otherNames.length > 0);
  if (!isShown) {
    return (
      <Anchor component="button" type="button" size="sm" mt={4} onClick={() => setShown(true)}>
        Add another name
      </Anchor>
    );
  }
  return (
    <TagsInput
      label="Other names"
      description="Press Enter after each."
      mt="sm"
      autoFocus
      placeholder={form.values.otherNames.length === 0 ? 'hub.lan' : ''}
      {...form.getInputProps('otherNames')}
    />
  );
};

interface AddressesProps {
  form: UseFormReturnType<SetupForm>;
  candidates: AddressCandidate[] | null;
}

const Addresses = ({ form, candidates }: AddressesProps) => {
  const shown = (candidates ?? []).filter((candidate) => candidate.kind !== 'loopback');
  const chosen = chosenAddresses(form.values, shown);
  const toggle = (address: string, isOn: boolean) =>
    form.setFieldValue(
      'addresses',
      isOn ? [...chosen, address] : chosen.filter((other) => other !== address),
    );
  return (
    <Input.Wrapper
      label="Addresses"
      labelElement="div"
      description="Where devices reach this computer. They are part of the certificate."
      error={form.errors['addresses']}
    >
      {candidates === null ? (
        <Text size="sm" c="dimmed" mt={6}>
          Looking for network addresses…
        </Text>
      ) : null}
      {candidates !== null && shown.length === 0 ? (
        <ErrorNote
          tone="warn"
          isLive={false}
          title="No network address was found"
          cause="This computer is not connected to a network."
          next="Connect it; you can continue, devices then find it as soon as it is connected."
        />
      ) : null}
      {shown.length > 0 ? (
        <div className={classes.addresses} role="group" aria-label="Addresses">
          {shown.map((candidate) => (
            <Switch
              key={candidate.address}
              className={classes.address}
              label={`${candidate.label} ${candidate.address}`}
              description={candidate.reason ?? undefined}
              checked={chosen.includes(candidate.address)}
              onChange={(event) => toggle(candidate.address, event.currentTarget.checked)}
            />
          ))}
        </div>
      ) : null}
      {shown.length > 0 && chosen.length === 0 ? (
        <Text size="sm" mt={6}>
          <StateDot tone="warn" label="Without an address no device can reach the registry." />
        </Text>
      ) : null}
    </Input.Wrapper>
  );
};
