import { ipcMain, type IpcMainEvent, type MessagePortMain } from 'electron';
import { RPCHandler } from '@orpc/server/message-port';
import type { WebSocket } from 'ws';
import type { AppRouter } from '#electron/router.ts';
import { isOurPage } from './page.ts';

/** The channel preload hands a port over on. */
export const portChannel = 'mooring-port';

/** Where the calls of the page go: the app in this process, or the one that holds the folder. */
export type Target = { router: AppRouter } | { socket: WebSocket };

const carry = (port: MessagePortMain, router: AppRouter): void => {
  const ended = new AbortController();
  port.on('close', () => ended.abort());
  new RPCHandler(router).upgrade(port, { context: { signal: ended.signal } });
};

/** Both ends speak the same messages, so they pass through unread. */
const passThrough = (port: MessagePortMain, socket: WebSocket): void => {
  const toPage = (data: unknown): void => port.postMessage(String(data));
  const end = (): void => port.close();
  port.on('message', ({ data }) => socket.send(data as string));
  port.on('close', () => {
    socket.off('message', toPage);
    socket.off('close', end);
  });
  socket.on('message', toPage);
  socket.on('close', end);
};

/** Connects each port that our page hands over, and closes what anyone else hands over. */
export const acceptPorts = (target: Target): void => {
  ipcMain.on(portChannel, (event: IpcMainEvent) => {
    const [port] = event.ports;
    if (!port) return;
    if (!isOurPage(event.senderFrame)) {
      port.close();
      return;
    }
    if ('router' in target) carry(port, target.router);
    else passThrough(port, target.socket);
    port.start();
  });
};
