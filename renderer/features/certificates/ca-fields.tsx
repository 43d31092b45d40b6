import { Group, NativeSelect, NumberInput, Radio, Stack, Switch, TagsInput, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { PermittedNames } from '#shared/model/pki.ts';
import type { SetupForm } from '../setup/setup-form.ts';
import { ImportFields } from './import-fields.tsx';
import { KEYS } from './keys.ts';

export type CaForm = Pick<
  SetupForm,
  | 'caMode'
  | 'caYears'
  | 'caAlgorithm'
  | 'isConstrained'
  | 'permit'
  | 'certificatePem'
  | 'keyPem'
  | 'passphrase'
>;

interface CaFieldsProps<Form extends CaForm> {
  form: UseFormReturnType<Form>;
  /** What a limited CA would be permitted to vouch for. */
  permitted: PermittedNames | null;
}

/** Make a CA or bring one. */
export const CaFields = <Form extends CaForm>({ form, permitted }: CaFieldsProps<Form>) => (
  <Stack gap="md">
    <Radio.Group label="Certificate authority" {...form.getInputProps('caMode')}>
      <Group gap="xl" mt={8}>
        <Radio value="create" label="Create one for me" />
        <Radio value="import" label="Use my own" />
      </Group>
    </Radio.Group>
    {form.values.caMode === 'create' ? (
      <CreateFields form={form} permitted={permitted} />
    ) : (
      <ImportFields form={form} />
    )}
  </Stack>
);

const CreateFields = <Form extends CaForm>({ form, permitted }: CaFieldsProps<Form>) => (
  <>
    <Group gap="md" align="flex-start" grow>
      <NumberInput
        label="CA lifetime (years)"
        min={1}
        max={30}
        allowDecimal={false}
        hideControls
        {...form.getInputProps('caYears')}
      />
      <NativeSelect label="CA key" data={KEYS} {...form.getInputProps('caAlgorithm')} />
    </Group>
    <Switch
      label="Limit the CA to private networks"
      description="If its key were ever stolen, it could not be used against other sites. Engines check this themselves."
      {...form.getInputProps('isConstrained', { type: 'checkbox' })}
    />
    {form.values.isConstrained ? (
      <>
        {permitted ? <Permitted permitted={permitted} /> : null}
        <TagsInput
          label="Also permit"
          description="Other domains or address ranges, for example example.com or 203.0.113.0/24. Press Enter after each."
          {...form.getInputProps('permit')}
        />
      </>
    ) : null}
  </>
);

export const Permitted = ({ permitted }: { permitted: PermittedNames }) => (
  <Text size="sm" c="dimmed">
    It may vouch for names in <span className="mono">{permitted.dns.join(', ')}</span> and addresses in{' '}
    <span className="mono">{permitted.ip.join(', ')}</span>.
  </Text>
);
