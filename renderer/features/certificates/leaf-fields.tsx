import { Group, NativeSelect, NumberInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { ErrorNote } from '../../ui/error-note.tsx';
import type { SetupForm } from '../setup/setup-form.ts';
import { KEYS } from './keys.ts';

export type LeafForm = Pick<SetupForm, 'leafDays' | 'leafAlgorithm'>;

/** Apple and others refuse longer lives; our devices' engines do not. */
const USUAL_DAYS = 397;

/** Life and key of the server certificate. */
export const LeafFields = <Form extends LeafForm>({ form }: { form: UseFormReturnType<Form> }) => {
  const days = form.values.leafDays;
  return (
    <div>
      <Group gap="md" align="flex-start" grow>
        <NumberInput
          label="Server certificate lifetime (days)"
          min={2}
          max={3650}
          allowDecimal={false}
          hideControls
          {...form.getInputProps('leafDays')}
        />
        <NativeSelect label="Server key" data={KEYS} {...form.getInputProps('leafAlgorithm')} />
      </Group>
      {typeof days === 'number' && days > USUAL_DAYS ? (
        <ErrorNote
          tone="warn"
          isLive={false}
          title="Longer than 397 days"
          cause="Some clients, Apple's among them, refuse server certificates that live longer. Docker, balenaEngine and Podman accept them."
          next=""
        />
      ) : null}
    </div>
  );
};
