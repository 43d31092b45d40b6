import { Anchor } from '@mantine/core';
import { IconCompass } from '@tabler/icons-react';
import { AccessPage } from '../features/access/access-page.tsx';
import { CertificatesPage } from '../features/certificates/certificates-page.tsx';
import { DevicePage } from '../features/devices/device-page.tsx';
import { DevicesPage } from '../features/devices/devices-page.tsx';
import { HomePage } from '../features/home/home-page.tsx';
import { LogsPage } from '../features/logs/logs-page.tsx';
import { RunPage } from '../features/runs/run-page.tsx';
import { StoragePage } from '../features/storage/storage-page.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { links, type Route } from './route.ts';

export const PageOf = ({ route }: { route: Route }) => {
  switch (route.page) {
    case 'home':
      return <HomePage />;
    case 'devices':
      return <DevicesPage />;
    case 'device':
      return <DevicePage key={route.id} id={route.id} tab={route.tab} />;
    case 'run':
      return <RunPage key={route.id} id={route.id} />;
    case 'certificates':
      return <CertificatesPage />;
    case 'access':
      return <AccessPage />;
    case 'storage':
      return <StoragePage />;
    case 'logs':
      return <LogsPage />;
    case 'unknown':
      return (
        <Page title="There is no such page">
          <EmptyState
            icon={<IconCompass size={26} />}
            title="Nothing is here"
            text={`${route.hash} leads to no page.`}
          >
            <Anchor href={links.home}>Go to Home</Anchor>
          </EmptyState>
        </Page>
      );
  }
};
