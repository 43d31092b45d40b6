import { createRouterClient } from '@orpc/server';
import { attach } from './serve/attach.ts';
import { createLoopback } from './serve/loopback.ts';
import { describeTransport } from './conformance.suite.ts';

describeTransport('direct calls', async (router) => ({
  client: createRouterClient(router, { context: {} }),
  close: () => undefined,
}));

describeTransport('WebSocket', async (router) => {
  const loopback = await createLoopback({
    router,
    instance: 'test',
    rendererDir: '.',
    endpointToken: 'token',
  });
  const attachment = await attach({ port: loopback.port, token: 'token' });
  if (!attachment) throw new Error('nobody answered');
  return {
    client: attachment.client,
    close: async () => {
      attachment.close();
      await loopback.close();
    },
  };
});
