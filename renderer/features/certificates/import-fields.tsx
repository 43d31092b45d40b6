import { Button, FileButton, Group, PasswordInput, Stack, Text, Textarea } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFileImport } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { CaState } from '#shared/model/pki.ts';
import { viewError, type ErrorView } from '../../error-view.ts';
import { formatDay } from '../../format.ts';
import { useClient } from '../../stores.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import type { CaForm } from './ca-fields.tsx';

const TYPING_MS = 400;

/** A CA of one's own, checked as it is typed. */
export const ImportFields = <Form extends CaForm>({ form }: { form: UseFormReturnType<Form> }) => {
  const { certificatePem, keyPem, passphrase } = form.values;
  const check = useImportCheck({ certificatePem, keyPem, passphrase });
  return (
    <Stack gap="md">
      <PemField
        label="CA certificate (PEM)"
        description="The CA first, then its issuers up to the root, if it has any."
        error={form.errors['certificatePem']}
        value={certificatePem}
        onChange={(pem) => form.setFieldValue('certificatePem', pem as never)}
      />
      <PemField
        label="CA key (PEM)"
        description="Without it Mooring can distribute this CA, but cannot sign the server certificate with it."
        error={form.errors['keyPem']}
        value={keyPem}
        onChange={(pem) => form.setFieldValue('keyPem', pem as never)}
      />
      <PasswordInput
        label="Key passphrase"
        description="Only if the key is encrypted."
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': 'Show the passphrase' }}
        {...form.getInputProps('passphrase')}
      />
      <CheckResult check={check} />
    </Stack>
  );
};

interface PemFieldProps {
  label: string;
  description: string;
  error: unknown;
  value: string;
  onChange(pem: string): void;
}

const PemField = ({ label, description, error, value, onChange }: PemFieldProps) => (
  <div>
    <Textarea
      label={label}
      description={description}
      placeholder="-----BEGIN …"
      rows={4}
      spellCheck={false}
      autoComplete="off"
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.78rem' } }}
      error={error as string | undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
    <Group mt={6}>
      <FileButton onChange={(file) => void file?.text().then(onChange)} accept=".pem,.crt,.cer,.key">
        {(props) => (
          <Button
            {...props}
            variant="default"
            size="xs"
            leftSection={<IconFileImport size={15} aria-hidden />}
          >
            Read {label} from a file
          </Button>
        )}
      </FileButton>
    </Group>
  </div>
);

interface ImportCheck {
  ca: CaState | null;
  error: ErrorView | null;
}

const useImportCheck = (input: {
  certificatePem: string;
  keyPem: string;
  passphrase: string;
}): ImportCheck => {
  const client = useClient();
  const [asked] = useDebouncedValue(JSON.stringify(input), TYPING_MS);
  const [check, setCheck] = useState<ImportCheck>({ ca: null, error: null });
  useEffect(() => {
    const controller = new AbortController();
    const wanted = JSON.parse(asked) as typeof input;
    const settle = (result: ImportCheck) => {
      if (!controller.signal.aborted) setCheck(result);
    };
    if (wanted.certificatePem.trim() === '') settle({ ca: null, error: null });
    else {
      client.pki.checkImport(wanted, { signal: controller.signal }).then(
        (ca) => settle({ ca, error: null }),
        (failure: unknown) => settle({ ca: null, error: viewError(failure) }),
      );
    }
    return () => controller.abort();
  }, [client, asked]);
  return check;
};

const CheckResult = ({ check: { ca, error } }: { check: ImportCheck }) => {
  if (error) return <ErrorNote {...error} />;
  if (!ca) return null;
  return (
    <Stack gap={2} role="status">
      <StateDot
        tone={ca.hasKey ? 'ok' : 'warn'}
        isStrong
        label={ca.hasKey ? 'This CA can be used' : 'This CA can be distributed, but not sign'}
      />
      <Text size="sm">
        {ca.subject}, valid until {formatDay(ca.notAfter)}, {ca.algorithm}
      </Text>
      <Fingerprint value={ca.fingerprint} />
    </Stack>
  );
};
