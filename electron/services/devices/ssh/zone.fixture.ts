import net from 'node:net';
import { startService } from '../lab/service.fixture.ts';
import { startFake } from './fake-server.fixture.ts';

/** Run in a network namespace of its own: adds a device by its link-local address and tells what became of it. */
const address = process.argv[2] ?? '';
const inner = await startFake();
const front = net.createServer((socket) => {
  const onwards = net.connect(inner.port, '127.0.0.1');
  socket.pipe(onwards).pipe(socket);
  for (const end of [socket, onwards]) end.on('error', () => undefined);
});
await new Promise<void>((resolve) => front.listen(0, address, () => resolve()));
const { port } = front.address() as net.AddressInfo;
const service = await startService();
const credential = { kind: 'password', password: 'x' };
const added = await service.devices.add(service.input({ address, port, credential }));
const twin = await service.devices
  .add(
    service.input({
      address: address.toUpperCase().replace(/%.*/, address.replace(/.*%/, '%')),
      port,
      credential,
    }),
  )
  .catch((error: { code: string }) => error.code);
process.stdout.write(JSON.stringify({ address: added.address, hostKeys: added.hostKeys.length, twin }));
await service.stop();
process.exit(0);
