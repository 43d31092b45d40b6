import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { formatDay, formatDays } from '../../format.ts';
import { useSelect } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { LifeBar } from '../../ui/life-bar.tsx';
import { RenewDialog } from '../certificates/renew-dialog.tsx';

export const CertificateCard = () => {
  const pki = useSelect('certificates', (state) => state.pki);
  const error = useSelect('certificates', (state) => state.error);
  const [isRenewing, setRenewing] = useState(false);
  const leaf = pki?.leaf ?? null;
  const ca = pki?.ca ?? null;
  return (
    <Card
      title="Certificate"
      actions={
        leaf && ca?.hasKey ? (
          <Button size="compact-sm" variant="default" onClick={() => setRenewing(true)}>
            Renew
          </Button>
        ) : null
      }
    >
      <Stack gap="sm">
        {error ? <ErrorNote {...error} isLive={false} /> : null}
        {leaf ? (
          <div>
            <Text size="sm" mb={6}>
              <b>{formatDays(leaf.daysLeft)}</b> left, until {formatDay(leaf.notAfter)}
            </Text>
            <LifeBar used={leaf.lifeUsed} label="Life of the server certificate that is left, percent" />
          </div>
        ) : null}
        {ca ? (
          <Fingerprint label="CA fingerprint (SHA-256)" value={ca.fingerprint} what="CA fingerprint" />
        ) : null}
        {ca && !ca.hasKey ? (
          <Text size="sm" c="dimmed">
            The CA key is not here: it can be distributed, but nothing new can be signed.
          </Text>
        ) : null}
      </Stack>
      <RenewDialog isOpen={isRenewing} onClose={() => setRenewing(false)} />
    </Card>
  );
};
