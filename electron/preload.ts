import { ipcRenderer } from 'electron';

/** The part of the page's window that is used here; this file runs in a browser, the others beside it in Node. */
declare const window: {
  location: { origin: string };
  addEventListener(type: 'DOMContentLoaded', listener: () => void, options: { once: boolean }): void;
  postMessage(message: string, targetOrigin: string, transfer: unknown[]): void;
};

/** The page listens once its scripts have run, which is before this event. */
window.addEventListener(
  'DOMContentLoaded',
  () => {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage('mooring-port', null, [port2]);
    window.postMessage('mooring-port', window.location.origin, [port1]);
  },
  { once: true },
);
