import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { AppError } from '#shared/errors.ts';
import { createGuard, type Guard, type Refusal } from './guard.ts';
import { createLinks, type Links } from './links.ts';
import {
  contentSecurityPolicy,
  createNonce,
  readAsset,
  securityHeaders,
  usedLinkPage,
  welcomePage,
} from './page.ts';

/** The app's own door on this computer: the page for a browser, the contract for page and command line. */
export interface Loopback {
  port: number;
  /** Where the page is; opens only with a session. */
  url: string;
  /** A fresh link that works once, within 60 seconds. */
  link(): string;
  /** Settles when no command line is attached any more. */
  drained(): Promise<void>;
  /** Ends every connection. */
  close(): Promise<void>;
}

export interface LoopbackOptions {
  router: AnyRouter;
  /** Names the session cookie, so that two Moorings do not log each other out. */
  instance: string;
  rendererDir: string;
  /** 0 or left out: any free one. */
  port?: number;
  /** Lets in a command line that read it from the endpoint file. */
  endpointToken: string;
  now?: () => number;
}

/** Larger than any message of the contract: a CA import of a few certificates. */
const maxMessageBytes = 16 * 1024 * 1024;

const words: Record<Refusal, string> = {
  host: 'This address is not the one Mooring answers to.',
  origin: 'Another site may not talk to Mooring.',
  session: 'Run `mooring open` for a new link.',
  token: 'This token is not the one in endpoint.json.',
};

const statusOf = (refusal: Refusal): number => (refusal === 'session' || refusal === 'token' ? 401 : 403);

interface Answer {
  status: number;
  type: string;
  body: string | Buffer;
  headers?: Record<string, string>;
}

const html = (status: number, body: string, headers?: Record<string, string>): Answer => ({
  status,
  type: 'text/html; charset=utf-8',
  body,
  ...(headers ? { headers } : {}),
});

const text = (status: number, body: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${body}\n`,
});

/** Decides every plain HTTP request. */
const answer = async (
  request: IncomingMessage,
  nonce: string,
  needs: { guard: Guard; links: Links; rendererDir: string },
): Promise<Answer> => {
  const { guard, links, rendererDir } = needs;
  const refusal = guard.checkAddress(request.headers);
  if (refusal) return text(statusOf(refusal), words[refusal]);
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'Only GET and HEAD.');
  // The raw target: parsing it as a URL would fold `..` away before it can be refused.
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);

  if (path === '/open') {
    // A browser that looks ahead, or a preview that asks with HEAD, must not use the link up.
    if (request.method === 'HEAD' || request.headers['sec-purpose'])
      return text(403, 'Only a person opens this.');
    if (!links.redeem(new URLSearchParams(query).get('token') ?? '')) return html(401, usedLinkPage(nonce));
    return html(303, '', { location: '/welcome', 'set-cookie': guard.openSession() });
  }
  if (path === '/welcome') return html(200, welcomePage(nonce));
  if (guard.checkPage(request.headers)) return html(401, usedLinkPage(nonce));
  const asset = await readAsset(rendererDir, path, nonce);
  return asset.isImmutable
    ? { ...asset, headers: { 'cache-control': 'private, max-age=31536000, immutable' } }
    : asset;
};

const send = (response: ServerResponse, method: string | undefined, policy: string, reply: Answer): void => {
  response.writeHead(reply.status, {
    ...securityHeaders(policy),
    'cache-control': 'no-store',
    'content-type': reply.type,
    'content-length': Buffer.byteLength(reply.body),
    ...reply.headers,
  });
  response.end(method === 'HEAD' ? undefined : reply.body);
};

/** Nobody else keeps count of this socket, so it ends here: one whose client held on to its half would outlive `close`. */
const refuseSocket = (socket: Duplex, status: number, reason: string): void => {
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\n${reason}\n`,
  );
};

const listen = (server: ReturnType<typeof createServer>, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = error.code === 'EADDRINUSE' ? 'it is taken' : (error.code ?? 'unknown reason');
      reject(new AppError('PAGE_PORT_UNUSABLE', { port, problem }, { cause: error }));
    });
    server.listen(port, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });

/**
 * Opens the door on 127.0.0.1.
 * @throws AppError PAGE_PORT_UNUSABLE
 */
export const createLoopback = async (options: LoopbackOptions): Promise<Loopback> => {
  const { router, instance, rendererDir, endpointToken, now } = options;
  const links = createLinks(now ? { now } : {});
  const handler = new RPCHandler(router);
  const commands = new Set<WebSocket>();
  const onIdle: (() => void)[] = [];
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const guard = createGuard({ instance, port, endpointToken });
  const url = `http://127.0.0.1:${port}/`;

  server.on('request', (request, response) => {
    const nonce = createNonce();
    const policy = contentSecurityPolicy(nonce, `'self' ws://127.0.0.1:${port}`);
    answer(request, nonce, { guard, links, rendererDir }).then(
      (reply) => send(response, request.method, policy, reply),
      () => send(response, request.method, policy, text(500, 'The page cannot be read.')),
    );
  });

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.url !== '/rpc') return refuseSocket(socket, 404, 'There is no such socket.');
    const refusal = guard.checkSocket(request.headers);
    if (refusal) return refuseSocket(socket, statusOf(refusal), words[refusal]);
    sockets.handleUpgrade(request, socket, head, (ws: WebSocket) => {
      const ended = new AbortController();
      if (request.headers.authorization) commands.add(ws);
      ws.on('close', () => {
        ended.abort();
        commands.delete(ws);
        if (commands.size === 0) for (const settle of onIdle.splice(0)) settle();
      });
      ws.on('error', () => ws.terminate());
      void handler.upgrade(ws, { context: { signal: ended.signal } });
    });
  });

  return {
    port,
    url,
    link: () => `${url}open?token=${links.issue()}`,
    drained: () => (commands.size === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve))),
    async close() {
      for (const ws of sockets.clients) ws.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
};
