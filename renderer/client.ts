import { createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Contract } from '#shared/contract/index.ts';

export type Client = ContractRouterClient<Contract>;
type Link = Pick<PortLink<Record<never, never>>, 'call'>;

export interface ConnectionState {
  /** `lost`: it was open before, or several attempts failed. */
  phase: 'connecting' | 'open' | 'lost';
}

/** A way to the main process. `open` resolves once calls can be made; `onEnd` is called once when that is over. */
export type Transport = (onEnd: () => void) => Promise<Link>;

export interface Connection {
  client: Client;
  state: StoreApi<ConnectionState>;
  /** Runs `work` now if connected, and again at every later connection; its signal ends with that connection or by `off()`. */
  whileOpen(work: (signal: AbortSignal) => void): () => void;
}

const PORT_MESSAGE = 'mooring-port';

/** The MessagePort that preload posts into the page. Call while module scripts run, before preload posts. */
export const awaitPort = (page: Window): Promise<MessagePort> =>
  new Promise((resolve) => {
    const listen = (event: MessageEvent) => {
      const port = event.ports[0];
      if (event.source !== page || event.data !== PORT_MESSAGE || !port) return;
      page.removeEventListener('message', listen);
      resolve(port);
    };
    page.addEventListener('message', listen);
  });

export const portTransport =
  (port: Promise<MessagePort>): Transport =>
  async (onEnd) => {
    const opened = await port;
    opened.addEventListener('close', onEnd, { once: true });
    const link = new PortLink({ port: opened });
    opened.start();
    return link;
  };

export const socketTransport =
  (url: string): Transport =>
  (onEnd) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      socket.addEventListener('open', () => resolve(link), { once: true });
      socket.addEventListener(
        'close',
        () => {
          reject(new Error('The connection was closed.'));
          onEnd();
        },
        { once: true },
      );
      const link = new SocketLink({ websocket: socket });
    });

export const socketUrl = (location: Pick<Location, 'protocol' | 'host'>): string =>
  `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`;

const FIRST_DELAY_MS = 500;
const LAST_DELAY_MS = 5000;
/** Milliseconds until attempt number `failures + 1`. */
export const retryDelay = (failures: number): number =>
  Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));

/** A signal that follows `signal` while `isOpen`: a call is not cancelled over a connection that has gone, which would fail. */
const abortWhile = (signal: AbortSignal, isOpen: () => boolean): AbortSignal => {
  const controller = new AbortController();
  const abort = () => {
    if (isOpen()) controller.abort(signal.reason);
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return controller.signal;
};

/** Keeps one connection alive over `transport`; calls made while it is lost fail at once instead of hanging. */
export const connect = (transport: Transport): Connection => {
  const state = createStore<ConnectionState>(() => ({ phase: 'connecting' }));
  const works = new Map<(signal: AbortSignal) => void, AbortController>();
  let link: Link | null = null;
  let failures = 0;

  const attempt = (): void => {
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      link = null;
      failures += 1;
      if (state.getState().phase === 'open' || failures > 2) state.setState({ phase: 'lost' });
      for (const controller of works.values()) controller.abort();
      setTimeout(attempt, retryDelay(failures));
    };
    transport(end).then((opened) => {
      if (isOver) return;
      link = opened;
      failures = 0;
      state.setState({ phase: 'open' });
      for (const work of works.keys()) begin(work);
    }, end);
  };

  const begin = (work: (signal: AbortSignal) => void): void => {
    const controller = new AbortController();
    works.set(work, controller);
    work(controller.signal);
  };

  attempt();
  return {
    client: createORPCClient<Client>({
      call(path, input, options) {
        const current = link;
        if (!current) return Promise.reject(new Error('Mooring does not answer at the moment.'));
        const signal = options.signal && abortWhile(options.signal, () => link === current);
        return current.call(path, input, { ...options, signal });
      },
    }),
    state,
    whileOpen(work) {
      works.set(work, new AbortController());
      if (link) begin(work);
      return () => {
        works.get(work)?.abort();
        works.delete(work);
      };
    },
  };
};

/** Hands every value of an event iterator on until it ends, fails or `signal` ends it; a failure of the iterator is told to `onError`. */
export const follow = async <T>(
  open: Promise<AsyncIterable<T>>,
  signal: AbortSignal,
  onValue: (value: T) => void,
  onError: (error: unknown) => void = () => undefined,
): Promise<void> => {
  try {
    for await (const value of await open) {
      if (signal.aborted) return;
      onValue(value);
    }
  } catch (error) {
    if (!signal.aborted) onError(error);
  }
};
