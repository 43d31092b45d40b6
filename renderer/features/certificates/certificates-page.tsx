import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { CaState, LeafState } from '#shared/model/pki.ts';
import { formatDay, formatDays } from '../../format.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { LifeBar } from '../../ui/life-bar.tsx';
import { Page } from '../../ui/page.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { lifeUsed } from './life.ts';
import { NamesCard } from './names-card.tsx';
import { RenewDialog } from './renew-dialog.tsx';
import { ReplaceDialog } from './replace-dialog.tsx';
import { saveText } from '../../save-text.ts';
import classes from './certificates-page.module.css';

/** The CA and what it signed, as a chain; where the names come from. */
export const CertificatesPage = () => {
  const { certificates } = useStores();
  const pki = useSelect('certificates', (state) => state.pki);
  const error = useSelect('certificates', (state) => state.error);
  useEffect(() => void certificates.load(), [certificates]);
  return (
    <Page title="Certificates">
      {error ? <ErrorNote {...error} /> : null}
      {!pki && !error ? <Loader aria-label="Reading the certificates" /> : null}
      {pki?.warnings.map((warning) => (
        <ErrorNote key={warning} tone="warn" isLive={false} title={warning} cause="" next="" />
      ))}
      {pki?.ca ? <CaCard ca={pki.ca} /> : null}
      {pki?.ca && pki.leaf ? <div className={classes.link} aria-hidden="true" /> : null}
      {pki?.leaf ? <LeafCard leaf={pki.leaf} canSign={pki.ca?.hasKey ?? false} /> : null}
      {pki ? <NamesCard pki={pki} /> : null}
    </Page>
  );
};

const CaCard = ({ ca }: { ca: CaState }) => {
  const file = useSelect('certificates', (state) => state.ca);
  const [isReplacing, setReplacing] = useState(false);
  return (
    <Card
      title="Certificate authority"
      actions={
        <>
          <Button size="compact-sm" variant="default" onClick={() => setReplacing(true)}>
            Replace CA
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={!file}
            leftSection={<IconDownload size={15} aria-hidden />}
            onClick={() => {
              if (file) saveText('mooring-ca.crt', file.pem, 'application/x-pem-file');
            }}
          >
            Download CA
          </Button>
        </>
      }
    >
      <div className={classes.columns}>
        <Stack gap="sm">
          <Text size="sm">
            Devices trust this. What it signs, they accept.
            {ca.hasKey ? '' : ' Its key is not here: Mooring can distribute it, but cannot sign with it.'}
          </Text>
          <Facts
            facts={[
              { term: 'Name', value: ca.subject },
              ...(ca.root === ca.subject ? [] : [{ term: 'Root', value: ca.root }]),
              { term: 'Key', value: ca.algorithm + (ca.isImported ? ', imported' : '') },
              {
                term: 'Can sign',
                value: ca.hasKey ? (
                  <StateDot tone="ok" label="yes" />
                ) : (
                  <StateDot tone="warn" label="no, the key is missing" />
                ),
              },
              ...(file ? [{ term: 'File', value: <span className="mono">{file.file}</span> }] : []),
            ]}
          />
        </Stack>
        <Stack gap="sm">
          <Life daysLeft={ca.daysLeft} notAfter={ca.notAfter} used={lifeUsed(ca)} what="CA" />
          <Print value={ca.fingerprint} what="CA fingerprint" />
          <Limits ca={ca} />
        </Stack>
      </div>
      <ReplaceDialog isOpen={isReplacing} onClose={() => setReplacing(false)} />
    </Card>
  );
};

const Limits = ({ ca }: { ca: CaState }) => (
  <div>
    <Text size="xs" c="dimmed">
      May vouch for
    </Text>
    <Text size={ca.permitted ? 'xs' : 'sm'}>
      {ca.permitted ? (
        <span className="mono">{[...ca.permitted.dns, ...ca.permitted.ip].join(', ')}</span>
      ) : (
        'any name'
      )}
    </Text>
  </div>
);

const LeafCard = ({ leaf, canSign }: { leaf: LeafState; canSign: boolean }) => {
  const [isRenewing, setRenewing] = useState(false);
  return (
    <Card
      title="Server certificate"
      actions={
        <Button size="compact-sm" variant="default" disabled={!canSign} onClick={() => setRenewing(true)}>
          Renew
        </Button>
      }
    >
      <div className={classes.columns}>
        <Facts
          facts={[
            { term: 'Signed by', value: leaf.issuer },
            { term: 'Key', value: leaf.algorithm },
            { term: 'Names', value: <span className="mono">{leaf.names.join(', ')}</span> },
            { term: 'Addresses', value: <span className="mono">{leaf.addresses.join(', ')}</span> },
            { term: 'Serial', value: <span className="mono">{leaf.serial}</span> },
          ]}
        />
        <Stack gap="sm">
          <Life
            daysLeft={leaf.daysLeft}
            notAfter={leaf.notAfter}
            used={leaf.lifeUsed}
            what="server certificate"
          />
          <Print value={leaf.fingerprint} what="server certificate fingerprint" />
        </Stack>
      </div>
      <RenewDialog isOpen={isRenewing} onClose={() => setRenewing(false)} />
    </Card>
  );
};

interface LifeProps {
  daysLeft: number;
  notAfter: string;
  used: number;
  what: string;
}

const Life = ({ daysLeft, notAfter, used, what }: LifeProps) => (
  <div>
    <Group justify="space-between" mb={6}>
      <Text size="sm" fw={600}>
        {formatDays(daysLeft)}
        {daysLeft >= 0 ? ' left' : ''}
      </Text>
      <Text size="sm" c="dimmed">
        until {formatDay(notAfter)}
      </Text>
    </Group>
    <LifeBar used={used} label={`Life of the ${what} that is left, percent`} />
  </div>
);

const Print = ({ value, what }: { value: string; what: string }) => (
  <Fingerprint label="SHA-256 fingerprint" value={value} what={what} />
);
