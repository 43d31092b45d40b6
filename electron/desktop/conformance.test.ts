import { describeTransport } from '../conformance.suite.ts';
import { begin, boot, clientOf, end, serveElsewhere } from './boot.fixture.ts';

describeTransport('MessagePort, through main.ts and preload.ts', async (router) => {
  const bench = await begin();
  bench.host.router = router;
  const port = await boot(bench);
  if (!port) throw new Error('main.ts ended');
  return {
    client: clientOf(port),
    close: async () => {
      port.close();
      await end(bench);
    },
  };
});

describeTransport('MessagePort, passed on to the host that holds the folder', async (router) => {
  const bench = await begin();
  const loopback = await serveElsewhere(bench, router);
  const port = await boot(bench);
  if (!port) throw new Error('main.ts ended');
  return {
    client: clientOf(port),
    close: async () => {
      port.close();
      await loopback.close();
      await end(bench);
    },
  };
});
