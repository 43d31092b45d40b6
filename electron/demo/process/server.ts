import net from 'node:net';
import ssh2, { type ParsedKey, type ServerChannel } from 'ssh2';
import { sshAlgorithms } from '#electron/algorithms.ts';
import { createFeed, writing } from '../shell/streams.ts';
import type { Machine } from '../system/machine.ts';

/** The SSH door of one simulated device. */
export interface Door {
  /** The same each time, unless another program has taken it meanwhile. */
  readonly port: number;
  open(): Promise<void>;
  /** Refuses connections and cuts those there are, as a plug that is pulled. */
  shut(): Promise<void>;
}

/** Runs a command on a channel. Records are gathered for a moment: a packet each would cost more than all the rest. */
const serve = (machine: Machine, command: string, channel: ServerChannel): void => {
  let held = '';
  const flush = (): void => {
    const text = held;
    held = '';
    if (text !== '' && channel.writable) channel.write(Buffer.from(text, 'latin1'));
  };
  const output = writing((text) => {
    if (held === '') setImmediate(flush);
    held += text;
  });
  const input = createFeed();
  channel.on('data', (chunk: Buffer) => input.push(chunk.toString('latin1')));
  channel.on('end', () => input.end());
  channel.on('close', () => input.end());
  channel.on('error', () => undefined);
  const task = machine.login(command, { input, output, errors: output });
  void task.ended.then((status) => {
    flush();
    if (!channel.writable) return;
    channel.exit(status);
    channel.close();
  });
};

const listen = (server: net.Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve((server.address() as net.AddressInfo).port);
    });
  });

/**
 * Makes the door of a device. Machine and host key are made when somebody comes: thousands of devices wait in one process.
 * @param needs.password of root
 */
export const createDoor = (needs: {
  hostKey: () => ParsedKey;
  machine: () => Machine;
  password: string;
}): Door => {
  const sockets = new Set<net.Socket>();
  let server: net.Server | null = null;
  let port = 0;

  const receive = (socket: net.Socket): void => {
    sockets.add(socket);
    socket.setNoDelay();
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    const meeting = new ssh2.Server(
      {
        // ssh2 takes parsed keys too, which its types do not know.
        hostKeys: [{ key: needs.hostKey() }] as never[],
        algorithms: { ...sshAlgorithms, serverHostKey: ['ssh-ed25519'] },
      },
      (client) => {
        client.on('error', () => undefined);
        client.on('authentication', (context) => {
          const isGood =
            context.username === 'root' &&
            context.method === 'password' &&
            context.password === needs.password;
          if (isGood) context.accept();
          else context.reject(['password']);
        });
        client.on('session', (accept) => {
          accept().on('exec', (take, _refuse, { command }) => serve(needs.machine(), command, take()));
        });
      },
    );
    meeting.injectSocket(socket);
  };

  return {
    get port() {
      return port;
    },
    async open() {
      if (server) return;
      const opened = net.createServer(receive);
      port = await listen(opened, port).catch((error: NodeJS.ErrnoException) => {
        // While it was shut, another program took its port.
        if (error.code !== 'EADDRINUSE' || port === 0) throw error;
        return listen(opened, 0);
      });
      server = opened;
    },
    async shut() {
      const closing = server;
      server = null;
      for (const socket of sockets) socket.destroy();
      if (closing) await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
  };
};
