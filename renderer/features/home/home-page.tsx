import { Button } from '@mantine/core';
import { IconShieldUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { AppStatus } from '#shared/model/app.ts';
import { plural } from '../../format.ts';
import { useSelect } from '../../stores.tsx';
import { Page } from '../../ui/page.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { useAction } from '../../use-action.ts';
import { PushDialog } from '../devices/push-dialog.tsx';
import { useRuns } from '../devices/use-runs.ts';
import { ActivityCard } from './activity-card.tsx';
import { CertificateCard } from './certificate-card.tsx';
import { ReachCard } from './reach-card.tsx';
import { RegistryCard } from './registry-card.tsx';
import { StorageCard } from './storage-card.tsx';
import { TrustCard } from './trust-card.tsx';
import { UseItCard } from './use-it-card.tsx';
import { PUSHABLE, toPush, verdictOf } from './verdict.ts';
import classes from './home.module.css';

/** Devices that wait for a push, as the service finds them. */
const WAITING = { filter: { states: PUSHABLE }, except: [] };
const ASK_FROM = 10;

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

/** The one thing to do while devices wait for trust; many are asked how fast first. */
const PushAll = ({ status }: { status: AppStatus }) => {
  const count = toPush(status);
  const [isOpen, setOpen] = useState(false);
  const { startAndShow } = useRuns();
  const { isBusy, run } = useAction();
  if (count === 0) return null;
  const what = plural(count, 'device');
  return (
    <>
      <Button
        loading={isBusy}
        leftSection={<IconShieldUp size={16} aria-hidden />}
        onClick={() => (count < ASK_FROM ? void run(() => startAndShow('push', WAITING)) : setOpen(true))}
      >
        Push trust to {what}
      </Button>
      {isOpen ? (
        <PushDialog selection={WAITING} what={what} count={count} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
};
