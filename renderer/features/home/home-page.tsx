import { Button } from '@mantine/core';
import { IconShieldUp } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { AppStatus } from '#shared/model/app.ts';
import { plural } from '../../format.ts';
import { useSelect } from '../../stores.tsx';
import { Page } from '../../ui/page.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { useAction } from '../../use-action.ts';
import { useRuns } from '../devices/use-runs.ts';
import { ActivityCard } from './activity-card.tsx';
import { CertificateCard } from './certificate-card.tsx';
import { ReachCard } from './reach-card.tsx';
import { RegistryCard } from './registry-card.tsx';
import { StorageCard } from './storage-card.tsx';
import { TrustCard } from './trust-card.tsx';
import { UseItCard } from './use-it-card.tsx';
import { toPush, verdictOf } from './verdict.ts';
import classes from './home.module.css';

/** Is it fine, if not which and why, what now. */
export const HomePage = () => {
  const status = useSelect('home', (state) => state.status);
  if (!status) return null;
  return (
    <Page
      title="Home"
      beside={<StateDot {...verdictOf(status)} isStrong />}
      actions={<PushAll status={status} />}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          <RegistryCard status={status} />
          <ReachCard />
          <CertificateCard />
          <StorageCard status={status} />
        </div>
        <div className={classes.column}>
          <TrustCard status={status} />
          <ActivityCard />
          <UseItCard status={status} />
        </div>
      </div>
    </Page>
  );
};

/** The one thing to do while devices wait for trust. */
const PushAll = ({ status }: { status: AppStatus }) => {
  const devices = useSelect('devices', (state) => state.devices);
  const ids = useMemo(() => toPush(status, devices ?? []), [status, devices]);
  const { startAndShow } = useRuns();
  const { isBusy, run } = useAction();
  if (ids.length === 0) return null;
  return (
    <Button
      loading={isBusy}
      leftSection={<IconShieldUp size={16} aria-hidden />}
      onClick={() => void run(() => startAndShow('push', ids))}
    >
      Push trust to {plural(ids.length, 'device')}
    </Button>
  );
};
