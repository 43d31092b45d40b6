import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import net from 'node:net';
import ssh2, { type AuthContext, type ServerChannel } from 'ssh2';
import { sshAlgorithms } from '#electron/algorithms.ts';
import { parsePrivateKey } from './private-key.ts';

/** What one fake SSH server does; it stands in for devices that a real sshd cannot be made to be. */
export interface FakeOptions {
  hostKeys?: string[];
  /** Text before the identification, as some servers send. */
  greeting?: string;
  /** Yields whether the login is good, what may follow, or `later` when it answers the context itself. */
  authenticate?(context: AuthContext): boolean | 'later' | AuthContext['method'][];
  /** Default: the command runs in a real `sh` on this computer. */
  exec?(command: string, channel: ServerChannel): void;
  algorithms?: ssh2.Algorithms;
}

export interface FakeServer {
  port: number;
  /** Kinds of login that were tried, in order. */
  tried: string[];
  commands: string[];
  /** Connections open now. */
  open(): number;
  /** Cuts every connection without a word. */
  cut(): void;
  /** Reads nothing more from the connections that are open, as if they were unplugged. */
  mute(): void;
  stop(): Promise<void>;
}

export const newEd25519 = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
export const newRsa = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ format: 'pem', type: 'pkcs1' })
    .toString();

export const runHere = (command: string, channel: ServerChannel) => {
  const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'pipe'] });
  channel.on('data', (chunk: Buffer) => child.stdin.write(chunk));
  channel.on('end', () => child.stdin.end());
  channel.on('close', () => child.stdin.end());
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => channel.write(chunk));
  child.stderr.on('data', (chunk: Buffer) => channel.stderr.write(chunk));
  child.once('close', (code) => {
    channel.exit(code ?? 1);
    channel.close();
  });
};

const listen = (server: { listen: net.Server['listen']; address: net.Server['address'] }): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port));
  });

export const startFake = async (options: FakeOptions = {}): Promise<FakeServer> => {
  const { authenticate = () => true, exec = runHere } = options;
  const tried: string[] = [];
  const commands: string[] = [];
  const sockets = new Set<net.Socket>();
  const hostKeys = (options.hostKeys ?? [newEd25519()]).map((pem) => ({
    key: parsePrivateKey(pem, '', 'host key'),
  }));
  const server = new ssh2.Server(
    {
      // ssh2 takes parsed keys too, which its types do not know.
      hostKeys: hostKeys as never[],
      algorithms: options.algorithms ?? { ...sshAlgorithms },
      ...(options.greeting === undefined ? {} : { greeting: options.greeting }),
    },
    (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => {
        tried.push(context.method);
        const verdict = authenticate(context);
        if (verdict === 'later') return;
        if (verdict === true) context.accept();
        else context.reject(verdict === false ? ['publickey', 'password'] : verdict);
      });
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec, _reject, { command }) => {
          commands.push(command);
          exec(command, acceptExec());
        });
      });
    },
  );
  // The server's own connections are not reachable, so it is handed sockets that are.
  const front = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  });
  const port = await listen(front);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    tried,
    commands,
    open: () => sockets.size,
    cut,
    mute() {
      for (const socket of sockets) socket.removeAllListeners('data').pause();
    },
    stop: () =>
      new Promise((resolve) => {
        front.close(() => resolve());
        cut();
      }),
  };
};

/** A TCP server that is no SSH server. */
export const startOther = async (talk: (socket: net.Socket) => void) => {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    talk(socket);
  });
  const port = await listen(server);
  return {
    port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
