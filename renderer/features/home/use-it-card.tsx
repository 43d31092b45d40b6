import { Stack, Tabs } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { AppStatus } from '#shared/model/app.ts';
import { mainReference } from '../../app/status-line.ts';
import { useClient, useSelect } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { Snippet } from '../../ui/snippet.tsx';
import { localSnippets, systemOf, type System } from './snippets.ts';

const SYSTEMS: { value: System; label: string }[] = [
  { value: 'linux', label: 'Linux' },
  { value: 'macos', label: 'macOS' },
  { value: 'windows', label: 'Windows' },
];

/** Commands for this computer; its own system is shown first. */
export const UseItCard = ({ status }: { status: AppStatus }) => {
  const client = useClient();
  const platform = useSelect('home', (state) => state.info?.platform ?? 'linux');
  const caFile = useSelect('certificates', (state) => state.ca?.file ?? 'mooring-ca.crt');
  const [chosen, setChosen] = useState<System | null>(null);
  const [user, setUser] = useState('admin');
  useEffect(() => {
    client.users.list().then(
      ([first]) => {
        if (first) setUser(first.name);
      },
      () => undefined,
    );
  }, [client]);
  const reference = mainReference(status);
  const host = reference.slice(0, reference.lastIndexOf(':'));
  const place = { host, port: status.registry.port, user, caFile };
  return (
    <Card title="Use it from this computer">
      <Tabs
        value={chosen ?? systemOf(platform)}
        onChange={(value) => setChosen(value as System)}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          {SYSTEMS.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {SYSTEMS.map(({ value }) => (
          <Tabs.Panel key={value} value={value}>
            <Stack gap="sm">
              {localSnippets(value, place).map((snippet) => (
                <Snippet key={snippet.label} {...snippet} />
              ))}
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  );
};
