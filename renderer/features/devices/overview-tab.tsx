import { Button, Grid, Stack, Text } from '@mantine/core';
import { IconDownload, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import type { Device, DeviceFacts } from '#shared/model/devices.ts';
import { viewError } from '../../error-view.ts';
import { formatBytes } from '../../format.ts';
import { useClient } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Facts, type Fact } from '../../ui/facts.tsx';
import { Snippet } from '../../ui/snippet.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAction } from '../../use-action.ts';
import { useAnswer } from '../../use-answer.ts';
import { clockWords, engineName } from './device-view.ts';
import { Matrix } from './matrix.tsx';
import { PlaceCard } from './place-card.tsx';
import { RunStrip } from './run-strip.tsx';

export const OverviewTab = ({ device }: { device: Device }) => (
  <Grid gap="md">
    <Grid.Col span={{ base: 12, lg: 7 }}>
      <Stack gap="md">
        <Matrix device={device} />
        <UseIt device={device} />
      </Stack>
    </Grid.Col>
    <Grid.Col span={{ base: 12, lg: 5 }}>
      <Stack gap="md">
        <FactsCard device={device} />
        <PlaceCard device={device} />
      </Stack>
    </Grid.Col>
  </Grid>
);

const FactsCard = ({ device }: { device: Device }) => {
  const client = useClient();
  const { isBusy, error, run } = useAction();
  const [jobId, setJobId] = useState<string | null>(null);
  const read = () => run(async () => setJobId((await client.devices.probe({ devices: [device.id] })).jobId));
  return (
    <Card
      title="Facts"
      actions={
        <Button
          size="compact-sm"
          variant="default"
          loading={isBusy}
          leftSection={<IconRefresh size={15} aria-hidden />}
          onClick={() => void read()}
        >
          Read facts
        </Button>
      }
    >
      <Stack gap="sm">
        {jobId ? <RunStrip jobId={jobId} onClose={() => setJobId(null)} /> : null}
        {error ? <ErrorNote {...error} /> : null}
        <Facts facts={[...addressFacts(device), ...(device.facts ? readFacts(device.facts) : [])]} />
        {device.facts ? null : (
          <Text size="sm" c="dimmed">
            Nothing was read from this device yet. Reading facts changes nothing there; a push reads them too.
          </Text>
        )}
        {device.facts?.warnings.map((warning) => (
          <ErrorNote key={warning.code} {...viewError(warning)} tone="warn" isLive={false} />
        ))}
      </Stack>
    </Card>
  );
};

const addressFacts = (device: Device): Fact[] => [
  { term: 'Address', value: <span className="mono">{device.address}</span> },
  { term: 'SSH', value: `${device.user}, port ${device.port ?? '22222 or 22'}` },
];

const readFacts = (facts: DeviceFacts): Fact[] => {
  const clock = clockWords(facts.clockOffsetSeconds);
  return [
    { term: 'System', value: `${facts.os} ${facts.osVersion}`.trim() },
    { term: 'Host name', value: facts.hostName },
    { term: 'Processor', value: facts.architecture },
    ...facts.engines.map((engine) => ({
      term: engineName(engine.kind) + (engine.user ? ` of ${engine.user}` : ''),
      value: (
        <StateDot
          tone={engine.isRunning ? 'ok' : 'warn'}
          label={[engine.version, engine.isRunning ? 'running' : 'not running'].filter(Boolean).join(', ')}
        />
      ),
    })),
    ...(facts.engines.length === 0 ? [{ term: 'Engine', value: 'none found' }] : []),
    { term: 'Clock', value: clock === null ? 'right' : <StateDot tone="warn" label={clock} /> },
    {
      term: 'Space',
      value: `${formatBytes(facts.freeBytes)} free${facts.isWritable ? '' : ', folder not writable'}`,
    },
    { term: 'Read', value: <TimeAgo at={facts.readAt} /> },
  ];
};

const UseIt = ({ device }: { device: Device }) => {
  const client = useClient();
  const { isBusy, error, run } = useAction();
  const [jobId, setJobId] = useState<string | null>(null);
  const engines = JSON.stringify(device.facts?.engines ?? null);
  const { answer: login, error: loginError } = useAnswer(
    () => client.devices.loginLine({ device: device.id }),
    `${device.id} ${device.user} ${engines}`,
  );
  return (
    <Card title="Try it">
      <Stack gap="md">
        <div>
          <Button
            variant="default"
            loading={isBusy}
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() =>
              void run(async () => setJobId((await client.devices.pullHello({ device: device.id })).jobId))
            }
          >
            Let it pull mooring/hello
          </Button>
          <Text size="xs" c="dimmed" mt={4}>
            Its own engine pulls a small runnable image from this registry. Nothing is started.
          </Text>
        </div>
        {jobId ? <RunStrip jobId={jobId} onClose={() => setJobId(null)} /> : null}
        {error ? <ErrorNote {...error} /> : null}
        {login ? <Snippet label="Log the engine in" code={login.command} note={login.note} /> : null}
        {loginError ? <ErrorNote {...loginError} tone="warn" isLive={false} /> : null}
      </Stack>
    </Card>
  );
};
