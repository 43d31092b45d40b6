import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

/**
 * Stands in for the `electron` module in tests: it records what the shell registers, and carries real MessagePorts from
 * preload to main. It proves the app's own logic, not Electron's.
 */

/** A Node port with the face of Electron's MessagePortMain, whose messages come wrapped in an event. */
const mainPort = (port: MessagePort) => ({
  on(event: 'message' | 'close', listener: (event?: { data: unknown }) => void) {
    if (event === 'message') port.on('message', (data: unknown) => listener({ data }));
    else port.on('close', () => listener());
    return this;
  },
  postMessage: (message: unknown) => port.postMessage(message),
  start: () => port.start(),
  close: () => port.close(),
});

interface Frame {
  url: string;
  parent: Frame | null;
}

const createContents = () => {
  const events = new EventEmitter();
  const contents = {
    mainFrame: { url: 'about:blank', parent: null } as Frame,
    windowOpenHandler: null as ((details: { url: string }) => { action: string }) | null,
    on: events.on.bind(events),
    setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
      contents.windowOpenHandler = handler;
    },
    /** True when the shell let the event pass. */
    allows(name: string): boolean {
      let isPrevented = false;
      events.emit(name, { preventDefault: () => (isPrevented = true) });
      return !isPrevented;
    },
  };
  return contents;
};

type PermissionReply = (isGranted: boolean) => void;
type Contents = ReturnType<typeof createContents>;

export const createElectronDouble = () => {
  const appEvents = new EventEmitter();
  const ipcEvents = new EventEmitter();
  const windows: Window[] = [];
  const record = {
    paths: {} as Record<string, string>,
    isSandboxed: false,
    schemes: [] as { scheme: string; privileges: object }[],
    pageHandler: null as ((request: Request) => Promise<Response>) | null,
    permissionRequest: null as ((c: Contents | null, p: string, reply: PermissionReply) => void) | null,
    permissionCheck: null as ((c: Contents | null, p: string) => boolean) | null,
    devicePermission: null as (() => boolean) | null,
    exitCode: null as number | null,
    quits: 0,
    relaunches: 0,
    questions: [] as { message: string; buttons: string[] }[],
    /** Which button is pressed next. */
    answers: [] as number[],
    trayMenu: [] as { label?: string; click?: (item: { checked: boolean }) => void }[],
    isSingle: true,
    storageBackend: 'basic_text',
  };

  class Window {
    readonly events = new EventEmitter();
    readonly on = this.events.on.bind(this.events);
    readonly once = this.events.once.bind(this.events);
    readonly emit = this.events.emit.bind(this.events);
    readonly options: { webPreferences: Record<string, unknown> };
    readonly webContents = createContents();
    isShown = false;

    constructor(options: { webPreferences: Record<string, unknown> }) {
      this.options = options;
      windows.push(this);
      appEvents.emit('web-contents-created', {}, this.webContents);
    }
    async loadURL(url: string) {
      this.webContents.mainFrame.url = url;
      await loadPage(this.webContents);
      this.emit('ready-to-show');
    }
    show() {
      this.isShown = true;
    }
    hide() {
      this.isShown = false;
    }
    focus() {}
    restore() {}
    isMinimized() {
      return false;
    }
    isDestroyed() {
      return false;
    }
  }

  /** Set by the test: runs preload in the page of a window. */
  let loadPage: (contents: Contents) => void | Promise<void> = () => undefined;

  const quit = (): void => {
    record.quits += 1;
    let isPrevented = false;
    appEvents.emit('before-quit', { preventDefault: () => (isPrevented = true) });
    if (isPrevented) return;
    appEvents.emit('will-quit');
    record.exitCode = 0;
  };

  const electron = {
    app: {
      on: appEvents.on.bind(appEvents),
      setPath: (name: string, path: string) => (record.paths[name] = path),
      enableSandbox: () => (record.isSandboxed = true),
      requestSingleInstanceLock: () => record.isSingle,
      whenReady: () => Promise.resolve(),
      relaunch: () => (record.relaunches += 1),
      quit,
      exit: (code: number) => (record.exitCode = code),
    },
    BrowserWindow: Window,
    ipcMain: { on: ipcEvents.on.bind(ipcEvents) },
    ipcRenderer: {
      postMessage(channel: string, _message: unknown, ports: MessagePort[]) {
        sendPort(channel, ports, windows.at(-1)?.webContents.mainFrame ?? null);
      },
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: typeof record.schemes) => (record.schemes = schemes),
    },
    session: {
      defaultSession: {
        protocol: {
          handle: (_scheme: string, handler: typeof record.pageHandler) => (record.pageHandler = handler),
        },
        setPermissionRequestHandler: (handler: typeof record.permissionRequest) =>
          (record.permissionRequest = handler),
        setPermissionCheckHandler: (handler: typeof record.permissionCheck) =>
          (record.permissionCheck = handler),
        setDevicePermissionHandler: (handler: () => boolean) => (record.devicePermission = handler),
      },
    },
    dialog: {
      showErrorBox: () => undefined,
      async showMessageBox(...args: unknown[]) {
        record.questions.push(args.at(-1) as (typeof record.questions)[number]);
        return { response: record.answers.shift() ?? 0 };
      },
    },
    Menu: {
      buildFromTemplate: (template: typeof record.trayMenu) => template,
      setApplicationMenu: () => undefined,
    },
    nativeImage: { createFromPath: (path: string) => ({ path }) },
    Tray: class {
      setToolTip() {}
      setContextMenu(menu: typeof record.trayMenu) {
        record.trayMenu = menu;
      }
      on() {}
      destroy() {}
    },
    safeStorage: {
      isEncryptionAvailable: () => true,
      getSelectedStorageBackend: () => record.storageBackend,
      encryptString: (text: string) => Buffer.from(`wrapped:${text}`),
      decryptString: (wrapped: Buffer) => wrapped.toString().replace(/^wrapped:/, ''),
    },
    utilityProcess: {
      fork: () => {
        throw new Error('set utilityProcess.fork in the test that needs it');
      },
    },
  };

  const sendPort = (channel: string, ports: MessagePort[], senderFrame: Frame | null): void => {
    ipcEvents.emit(channel, { ports: ports.map(mainPort), senderFrame });
  };

  return {
    electron,
    record,
    windows,
    sendPort,
    /** A port as a page would hand it over; yields the page's end. */
    handOver(frame: Frame | null): MessagePort {
      const { port1, port2 } = new MessageChannel();
      sendPort('mooring-port', [port2], frame);
      return port1;
    },
    onPage(load: typeof loadPage) {
      loadPage = load;
    },
    emitApp: appEvents.emit.bind(appEvents),
    createContents() {
      const contents = createContents();
      appEvents.emit('web-contents-created', {}, contents);
      return contents;
    },
  };
};

export type ElectronDouble = ReturnType<typeof createElectronDouble>;
