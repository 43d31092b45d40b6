import { Grid, Stack } from '@mantine/core';
import { useSelect } from '../../stores.tsx';
import { Page } from '../../ui/page.tsx';
import { ActivityCard } from './activity-card.tsx';
import { CertificateCard } from './certificate-card.tsx';
import { ReachCard } from './reach-card.tsx';
import { RegistryCard } from './registry-card.tsx';
import { StorageCard } from './storage-card.tsx';
import { TrustCard } from './trust-card.tsx';
import { UseItCard } from './use-it-card.tsx';

/** Is it fine, if not which and why, what now. */
export const HomePage = () => {
  const status = useSelect('home', (state) => state.status);
  if (!status) return null;
  return (
    <Page title="Home">
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="md">
            <RegistryCard status={status} />
            <CertificateCard />
            <StorageCard status={status} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="md">
            <TrustCard status={status} />
            <Grid gap="md">
              <Grid.Col span={{ base: 12, lg: 6 }}>
                <ReachCard />
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 6 }}>
                <ActivityCard />
              </Grid.Col>
            </Grid>
            <UseItCard status={status} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
};
