import { Button, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { SetupResult } from '#shared/model/setup.ts';
import { goTo, links } from '../../app/route.ts';
import { mainReference } from '../../app/status-line.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Snippet } from '../../ui/snippet.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { DemoButton } from '../demo/demo-button.tsx';
import { localSnippets, pullSnippet, systemOf } from '../home/snippets.ts';
import { useEffect } from 'react';
import classes from './first-run.module.css';

/** The registry serves: how to use it, and the password, shown once here. */
export const StepReady = ({ result }: { result: SetupResult }) => {
  const { home, certificates } = useStores();
  const platform = useSelect('home', (state) => state.info?.platform ?? 'linux');
  const reference = useSelect('home', (state) => (state.status ? mainReference(state.status) : ''));
  const caFile = useSelect('certificates', (state) => state.ca?.file ?? 'mooring-ca.crt');
  useEffect(() => void certificates.load(), [certificates]);

  const leave = (link: string) => {
    home.endFirstRun();
    goTo(link);
  };
  const { port } = result.registry;
  const host = reference.slice(0, reference.lastIndexOf(':')) || 'registry.local';
  const place = { host, port, user: result.user, caFile };
  return (
    <>
      <div className={classes.serving} role="status">
        <StateDot tone="ok" isStrong label={`${reference || `port ${port}`} is serving`} />
      </div>
      <Stack gap="md" mt="md">
        {result.warnings.map((warning) => (
          <ErrorNote key={warning} tone="warn" isLive={false} title={warning} cause="" next="" />
        ))}
        <div>
          <Text size="sm" fw={500} mb={4}>
            Password
          </Text>
          <div className={classes.password}>
            <span className={classes.secret}>{result.password}</span>
            <CopyButton value={result.password} what="password" isWide />
          </div>
          <Text size="xs" c="dimmed" mt={4}>
            For the user <span className="mono">{result.user}</span>. Needed to push. You find it again under
            Access.
          </Text>
        </div>
        {localSnippets(systemOf(platform), place).map((snippet) => (
          <Snippet key={snippet.label} {...snippet} />
        ))}
        <Snippet {...pullSnippet(place, result.registry.pull === 'login')} />
      </Stack>
      <div className={classes.footer}>
        <Button variant="subtle" onClick={() => leave(links.home)}>
          Go to Home
        </Button>
        <DemoButton onStarted={() => leave(links.devices)} />
        <Button
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => {
            leave(links.devices);
          }}
        >
          Add devices
        </Button>
      </div>
    </>
  );
};
