import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/global.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { styleNonce } from './app/theme.ts';
import { awaitPort, connect, portTransport, socketTransport, socketUrl } from './client.ts';
import { createStores } from './stores.tsx';

const nonce = styleNonce();
// Scroll locking under dialogs injects a style tag of its own and looks for the nonce here.
Object.assign(globalThis, { __webpack_nonce__: nonce });

const transport =
  window.location.protocol === 'app:'
    ? portTransport(awaitPort(window))
    : socketTransport(socketUrl(window.location));
const connection = connect(transport);
const app = { client: connection.client, stores: createStores(connection) };

const root = document.getElementById('root');
if (root) createRoot(root).render(<App app={app} nonce={nonce} />);
