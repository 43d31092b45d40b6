import { Button, Collapse, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronRight, IconShieldCheck } from '@tabler/icons-react';
import type { ErrorView } from '../../error-view.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { CaFields } from '../certificates/ca-fields.tsx';
import { LeafFields } from '../certificates/leaf-fields.tsx';
import type { SetupForm } from './setup-form.ts';
import type { Preview } from './use-preview.ts';
import classes from './first-run.module.css';
import own from './step-certificate.module.css';

interface StepCertificateProps {
  form: UseFormReturnType<SetupForm>;
  preview: Preview;
  error: ErrorView | null;
  isBusy: boolean;
  onBack(): void;
  onCreate(): void;
}

export const StepCertificate = ({ form, preview, error, isBusy, onBack, onCreate }: StepCertificateProps) => {
  const [isOpen, { toggle, open }] = useDisclosure(false);
  const submit = (event: { preventDefault(): void }) => {
    event.preventDefault();
    if (form.validate().hasErrors) open();
    else onCreate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Text c="dimmed" size="sm" mb="md">
        A certificate authority (CA) is how a device recognises your registry: it trusts the CA once, and from
        then on everything the CA has signed. Mooring makes one for you now. It stays on this computer.
      </Text>
      <Group gap="md" wrap="nowrap" className={own.summary}>
        <IconShieldCheck size={30} stroke={1.5} aria-hidden className={own.icon} />
        <Text size="sm">{summary(form.values)}</Text>
      </Group>
      <UnstyledButton className={own.fold} onClick={toggle} aria-expanded={isOpen}>
        <IconChevronRight size={16} aria-hidden className={own.chevron} data-open={isOpen || undefined} />
        Advanced
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <Stack gap="lg" className={own.advanced}>
          <CaFields form={form} permitted={preview.data?.permitted ?? null} />
          <LeafFields form={form} />
        </Stack>
      </Collapse>
      {error ? <ErrorNote {...error} /> : null}
      <div className={classes.footer}>
        <Button variant="default" onClick={onBack} disabled={isBusy}>
          Back
        </Button>
        <Button type="submit" loading={isBusy}>
          Create registry
        </Button>
      </div>
    </form>
  );
};

const summary = (form: SetupForm): string => {
  if (form.caMode === 'import') return 'Your own CA is used. The server certificate is signed by it.';
  const limit = form.isConstrained
    ? 'It can only vouch for private networks and local names, so it is of no use to anyone against the rest of the internet.'
    : 'It may vouch for any name. Keep this computer safe.';
  return `A new CA, valid ${form.caYears} years, and a server certificate for ${form.name}, valid ${form.leafDays} days. ${limit}`;
};
