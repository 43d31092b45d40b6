import { Button } from '@mantine/core';
import { useState } from 'react';
import type { PkiState } from '#shared/model/pki.ts';
import { useSelect } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { Facts } from '../../ui/facts.tsx';
import { ChangeDialog } from './change-dialog.tsx';

/** How the registry is named and reached. */
export const NamesCard = ({ pki }: { pki: PkiState }) => {
  const endpoint = useSelect('certificates', (state) => state.endpoint);
  const addresses = useSelect('home', (state) => state.status?.names.addresses);
  const [isChanging, setChanging] = useState(false);
  if (!endpoint) return null;
  const isEverywhere = endpoint.listen === '::' || endpoint.listen === '0.0.0.0';
  return (
    <Card
      title="Names and addresses"
      actions={
        <Button size="compact-sm" variant="default" onClick={() => setChanging(true)}>
          Change
        </Button>
      }
    >
      <Facts
        facts={[
          { term: 'Names', value: <span className="mono">{endpoint.names.join(', ')}</span> },
          {
            term: 'Addresses',
            value: (
              <>
                <span className="mono">
                  {(endpoint.addresses ?? addresses ?? []).join(', ') || 'none now'}
                </span>
                {endpoint.addresses === null ? ' (follows the network)' : ''}
              </>
            ),
          },
          { term: 'Port', value: endpoint.port },
          { term: 'Listens on', value: isEverywhere ? 'all interfaces' : endpoint.listen },
        ]}
      />
      <ChangeDialog endpoint={endpoint} pki={pki} isOpen={isChanging} onClose={() => setChanging(false)} />
    </Card>
  );
};
