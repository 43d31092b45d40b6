import { Group, PasswordInput, Radio, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { LoginForm } from './device-form.ts';

const showPassword = { 'aria-label': 'Show what is typed' };

interface LoginFieldsProps<Form extends LoginForm> {
  form: UseFormReturnType<Form>;
  /** Kind of the credential that stays when nothing is typed. */
  keeps?: 'key' | 'password' | 'agent' | 'group' | null;
  /** Devices of a group may log in as their group does. */
  offersGroup?: boolean;
}

/** User and credential of a device. */
export const LoginFields = <Form extends LoginForm>({
  form,
  keeps = null,
  offersGroup = keeps === 'group',
}: LoginFieldsProps<Form>) => {
  const { method, user } = form.values;
  return (
    <Stack gap="sm">
      <Radio.Group label="Log in with" {...form.getInputProps('method')}>
        <Group gap="lg" mt={6}>
          <Radio value="file" label="Key file" />
          <Radio value="pasted" label="Pasted key" />
          <Radio value="password" label="Password" />
          <Radio value="agent" label="SSH agent" />
          {offersGroup ? <Radio value="group" label="As its group" /> : null}
        </Group>
      </Radio.Group>
      {method === 'file' ? (
        <TextInput
          label="Path of the private key"
          description="On this computer. It is read at each connection, not copied."
          spellCheck={false}
          {...form.getInputProps('keyFile')}
        />
      ) : null}
      {method === 'pasted' ? (
        <Textarea
          label="Private key"
          description="OpenSSH or PEM. Kept encrypted in the data folder."
          placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
          rows={5}
          spellCheck={false}
          autoComplete="off"
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.78rem' } }}
          {...form.getInputProps('keyPem')}
        />
      ) : null}
      <SimpleGrid cols={2}>
        {method === 'file' || method === 'pasted' ? (
          <PasswordInput
            label="Key passphrase"
            description="Only if the key has one."
            autoComplete="off"
            visibilityToggleButtonProps={showPassword}
            {...form.getInputProps('passphrase')}
          />
        ) : null}
        {method === 'password' ? (
          <PasswordInput
            label="Password"
            description={
              keeps === 'password'
                ? 'Leave empty to keep the present one.'
                : 'Kept encrypted in the data folder.'
            }
            autoComplete="off"
            visibilityToggleButtonProps={showPassword}
            {...form.getInputProps('password')}
          />
        ) : null}
        {user.trim() === 'root' ? null : (
          <PasswordInput
            label="sudo password"
            description={method === 'password' ? 'Empty: the login password.' : 'Only if sudo asks for one.'}
            autoComplete="off"
            visibilityToggleButtonProps={showPassword}
            {...form.getInputProps('sudoPassword')}
          />
        )}
      </SimpleGrid>
    </Stack>
  );
};
