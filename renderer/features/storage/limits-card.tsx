import { Button, Group, NumberInput, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { StorageLimits } from '#shared/model/storage.ts';
import { useClient } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showDone } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import { toBytes, toGigabytes } from './storage-view.ts';

/** How much may be stored before pushes are refused. */
export const LimitsCard = () => {
  const client = useClient();
  const { isBusy, error, run } = useAction();
  const [quota, setQuota] = useState<number | string>('');
  const [reserve, setReserve] = useState<number | string>('');
  const show = (limits: StorageLimits) => {
    setQuota(toGigabytes(limits.quotaBytes));
    setReserve(toGigabytes(limits.reserveBytes));
  };
  useEffect(() => void run(async () => show(await client.registry.limits())), [client, run]);
  const save = async (event: { preventDefault(): void }) => {
    event.preventDefault();
    const limits = { quotaBytes: toBytes(quota), reserveBytes: toBytes(reserve) };
    if (await run(async () => show(await client.registry.setLimits(limits)))) showDone('Limits saved');
  };
  const field = { min: 0, decimalScale: 3, suffix: ' GB', hideControls: true } as const;
  return (
    <Card title="Limits">
      <form onSubmit={(event) => void save(event)} noValidate>
        <Stack gap="sm">
          <NumberInput
            {...field}
            label="Quota"
            description="All images together; empty: as much as the disk holds."
            value={quota}
            onChange={setQuota}
          />
          <NumberInput
            {...field}
            label="Keep free on the disk"
            description="Uploads stop there, pulls go on; empty: one percent, at most 1.1 GB."
            value={reserve}
            onChange={setReserve}
          />
          {error ? <ErrorNote {...error} /> : null}
          <Group gap="xs">
            <Button type="submit" variant="default" loading={isBusy}>
              Save limits
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
};
