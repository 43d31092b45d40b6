import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { AppProvider, useSelect, type Stores } from '../stores.tsx';
import type { Client } from '../client.ts';
import { FirstRun } from '../features/setup/first-run.tsx';
import { Frame } from './frame.tsx';
import { cssVariables, theme } from './theme.ts';
import { Waiting } from './waiting.tsx';

interface AppProps {
  app: { client: Client; stores: Stores };
  nonce: string | undefined;
}

export const App = ({ app, nonce }: AppProps) => (
  <MantineProvider
    theme={theme}
    cssVariablesResolver={cssVariables}
    defaultColorScheme="auto"
    {...(nonce === undefined ? {} : { getStyleNonce: () => nonce })}
  >
    <ModalsProvider>
      <Notifications position="bottom-right" autoClose={5000} />
      <AppProvider app={app}>
        <Screen />
      </AppProvider>
    </ModalsProvider>
  </MantineProvider>
);

/** First run until there is a registry; its last step stays until the person leaves it. */
const Screen = () => {
  const isKnown = useSelect('home', (state) => state.status !== null);
  const isFirstRun = useSelect('home', (state) => state.isFirstRun);
  if (!isKnown) return <Waiting />;
  return isFirstRun ? <FirstRun /> : <Frame />;
};
