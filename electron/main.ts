import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { app, dialog } from 'electron';
import { AppError } from '#shared/errors.ts';
import { createCloseChoice } from './desktop/choice.ts';
import { acceptPorts } from './desktop/connect.ts';
import { offerTakeOver, openFolder } from './desktop/folder.ts';
import { guardContents, guardSession, registerPageScheme } from './desktop/page.ts';
import { createTray, openShell, setMenu, type Shell } from './desktop/window.ts';
import type { Host } from './serve/host.ts';
import { chromiumDir, defaultDataDir } from './store/data-dir.ts';

/** Tells `npm start` that there is a window, so that it does not go on in the browser. */
const tellReady = (): void => {
  const file = process.env.MOORING_READY_FILE;
  if (file) writeFileSync(file, 'ready');
};

/** Stops serving before the process ends, however it was asked to. */
const endWith = (host: Host, shell: () => Shell): void => {
  let isClosed = false;
  app.on('before-quit', (event) => {
    shell().letGo();
    if (isClosed) return;
    event.preventDefault();
    void host.close().finally(() => {
      isClosed = true;
      app.quit();
    });
  });
  void host.stopAsked.then(() => app.quit());
};

const boot = async (dataDir: string): Promise<void> => {
  await app.whenReady();
  guardSession();
  setMenu();
  const opened = await openFolder(dataDir);
  if (!opened) return app.exit(0);

  const choice = createCloseChoice(dataDir);
  if ('host' in opened) {
    const { host } = opened;
    endWith(host, () => shell);
    acceptPorts({ router: host.app.router });
    // A registry that cannot start is shown on Home, together with what to do about it.
    host.app.start().catch((error: unknown) => host.app.log.warn('the registry did not start', { error }));
  } else {
    const { socket } = opened.attachment;
    acceptPorts({ socket });
    socket.once('close', () => {
      void offerTakeOver().then((isWanted) => {
        if (isWanted) app.relaunch();
        app.exit(0);
      });
    });
  }
  const hasWork = (): boolean => 'host' in opened && opened.host.app.setup.isSetUp();
  const shell = openShell({ choice, hasWork, onReady: tellReady });
  const tray = createTray(shell, choice);
  app.on('second-instance', shell.show);
  app.on('activate', shell.show);
  app.on('will-quit', () => tray.destroy());
};

const fail = (error: unknown): void => {
  const { title, next } =
    error instanceof AppError ? error.data : { title: String(error), next: 'Start Mooring again.' };
  process.stderr.write(`${title}\n`);
  if (!process.env.MOORING_READY_FILE) dialog.showErrorBox(title, next);
  app.exit(1);
};

const dataDir = defaultDataDir(process.env, process.platform, homedir());
app.setPath('userData', chromiumDir(dataDir));
app.enableSandbox();
registerPageScheme();
guardContents();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());

// The lock lies in the profile, so it is one instance for each data folder.
if (app.requestSingleInstanceLock()) boot(dataDir).catch(fail);
else {
  tellReady();
  app.quit();
}
