import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WebSocket } from 'ws';
import type { Contract } from '#shared/contract/index.ts';

/** The contract as its caller sees it, whatever carries it. */
export type Client = ContractRouterClient<Contract>;

/** A connection to an app that runs in another process. */
export interface Attachment {
  client: Client;
  /** The bare socket, for a host that passes messages on. */
  socket: WebSocket;
  close(): void;
}

const connectMs = 3000;

const opened = (socket: WebSocket): Promise<boolean> =>
  new Promise((resolve) => {
    socket.once('open', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('unexpected-response', () => resolve(false));
  });

/**
 * Attaches to the app that an endpoint file names.
 * @returns null when nobody answers there, or someone who does not know the token: the file is stale
 */
export const attach = async (endpoint: { port: number; token: string }): Promise<Attachment | null> => {
  const socket = new WebSocket(`ws://127.0.0.1:${endpoint.port}/rpc`, {
    headers: { authorization: `Bearer ${endpoint.token}` },
    handshakeTimeout: connectMs,
    perMessageDeflate: false,
  });
  const isOpen = await opened(socket);
  socket.on('error', () => socket.terminate());
  if (!isOpen) {
    socket.terminate();
    return null;
  }
  // The library's type is the browser's WebSocket; ws has the part of it that is used.
  const link = new RPCLink({ websocket: socket as never });
  return { client: createORPCClient<Client>(link), socket, close: () => socket.close() };
};
