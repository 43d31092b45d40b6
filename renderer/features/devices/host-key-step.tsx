import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import type { ErrorView } from '../../error-view.ts';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import classes from './host-key-step.module.css';

export interface Contact {
  port: number;
  hostKeys: { type: string; fingerprint: string }[];
  banner: string;
}

interface HostKeyStepProps {
  contact: Contact;
  address: string;
  isBusy: boolean;
  error: ErrorView | null;
  onBack(): void;
  onConfirm(fingerprint: string): void;
}

/** The person looks at the device's identity once; from then on it may not change. */
export const HostKeyStep = ({ contact, address, isBusy, error, onBack, onConfirm }: HostKeyStepProps) => {
  const first = contact.hostKeys[0];
  return (
    <Stack gap="sm">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <IconFingerprint size={28} stroke={1.5} aria-hidden className={classes.icon} />
        <div>
          <Title order={3}>Confirm the host key</Title>
          <Text size="sm" c="dimmed">
            {address} answered on port {contact.port}. Compare the fingerprint with the device if you can;
            Mooring remembers it and refuses any other later.
          </Text>
        </div>
      </Group>
      <div className={classes.keys}>
        {contact.hostKeys.map((key) => (
          <div key={key.fingerprint} className={classes.key}>
            <Text size="xs" c="dimmed">
              {key.type}
            </Text>
            <Fingerprint value={key.fingerprint} what={`${key.type} fingerprint`} />
          </div>
        ))}
      </div>
      <Text size="xs" c="dimmed">
        On the device: <span className="mono">ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</span>
        {contact.port === 22222 ? ' (balenaOS: /etc/ssh/hostkeys/ssh_host_ed25519_key.pub)' : ''}
      </Text>
      {error ? <ErrorNote {...error} /> : null}
      <DialogActions>
        <Button variant="default" onClick={onBack} disabled={isBusy}>
          Back
        </Button>
        <Button
          data-autofocus
          loading={isBusy}
          disabled={!first}
          onClick={() => {
            if (first) onConfirm(first.fingerprint);
          }}
        >
          Confirm and add
        </Button>
      </DialogActions>
    </Stack>
  );
};
