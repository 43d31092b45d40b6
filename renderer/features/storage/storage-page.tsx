import { Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { RegistryUsage } from '#shared/model/storage.ts';
import { viewError, type ErrorView } from '../../error-view.ts';
import { useClient, useSelect } from '../../stores.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Page } from '../../ui/page.tsx';
import { GcCard } from './gc-card.tsx';
import { LimitsCard } from './limits-card.tsx';
import { TotalsCard, UsageCard } from './usage-card.tsx';
import { VerifyCard } from './verify-card.tsx';
import classes from './storage-page.module.css';

/** What the images take, how to free some of it, and whether it is whole. */
export const StoragePage = () => {
  const client = useClient();
  const registry = useSelect('home', (state) => state.status?.registry ?? null);
  const jobs = useSelect('home', (state) => state.status?.jobs.length ?? 0);
  const usedBytes = registry?.usedBytes ?? null;
  const [usage, setUsage] = useState<RegistryUsage | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  useEffect(() => {
    client.registry.usage().then(
      (fresh) => {
        setUsage(fresh);
        setError(null);
      },
      (failure: unknown) => setError(viewError(failure)),
    );
  }, [client, usedBytes, jobs]);
  const full = registry?.error?.code === 'STORAGE_FULL' ? registry.error : null;
  return (
    <Page title="Storage">
      {full ? <ErrorNote {...viewError(full)} tone="warn" /> : null}
      {error ? <ErrorNote {...error} /> : null}
      {!usage && !error ? <Loader aria-label="Measuring" /> : null}
      <div className={classes.columns}>
        <div className={classes.column}>
          {usage ? <UsageCard usage={usage} /> : null}
          {usage ? <TotalsCard usage={usage} freeBytes={registry?.freeBytes ?? null} /> : null}
        </div>
        <div className={classes.column}>
          <GcCard />
          <VerifyCard />
          <LimitsCard />
        </div>
      </div>
    </Page>
  );
};
