import { app, BrowserWindow, Menu, nativeImage, Tray } from 'electron';
import { join } from 'node:path';
import { paths } from '#electron/paths.ts';
import type { CloseChoice } from './choice.ts';
import { pageUrl } from './page.ts';

/** The one window. */
export interface Shell {
  show(): void;
  /** From now on the window closes without a question. */
  letGo(): void;
}

const createWindow = (): BrowserWindow =>
  new BrowserWindow({
    width: 1200,
    height: 800,
    minWidth: 720,
    minHeight: 520,
    show: false,
    title: 'Mooring',
    icon: join(paths.assets, 'icon.png'),
    webPreferences: {
      preload: paths.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });

/**
 * Opens the window on the page.
 * @param hasWork false: nothing would be lost by ending, so closing asks nothing
 * @param onReady called once, when there is something to see
 */
export const openShell = (options: {
  choice: CloseChoice;
  hasWork: () => boolean;
  onReady: () => void;
}): Shell => {
  const { choice, hasWork, onReady } = options;
  let isLeaving = false;
  let window = createWindow();

  const onClose = (event: { preventDefault(): void }): void => {
    if (isLeaving) return;
    event.preventDefault();
    if (!hasWork()) return app.quit();
    void choice.ask(window).then((chosen) => {
      if (chosen === 'stop') app.quit();
      if (chosen === 'keep') window.hide();
    });
  };
  const prepare = (): void => {
    window.on('close', onClose);
    window.once('ready-to-show', () => {
      window.show();
      onReady();
    });
    void window.loadURL(pageUrl);
  };
  prepare();

  return {
    show() {
      if (window.isDestroyed()) {
        window = createWindow();
        prepare();
        return;
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    letGo() {
      isLeaving = true;
    },
  };
};

/** The menu that copying and quitting by keyboard needs on macOS, and no more. */
export const setMenu = (): void =>
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
      { role: 'editMenu' },
      { role: 'windowMenu' },
    ]),
  );

/** macOS colours a template image by itself. */
const trayImage = process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png';

/** A way back to the window while it is hidden. Keep the result: a tray that is collected vanishes. */
export const createTray = (shell: Shell, choice: CloseChoice): Tray => {
  const tray = new Tray(nativeImage.createFromPath(join(paths.assets, trayImage)));
  tray.setToolTip('Mooring');
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Open Mooring', click: shell.show },
      {
        label: 'Keep serving when the window is closed',
        type: 'checkbox',
        checked: choice.get() !== 'stop',
        click: ({ checked }) => choice.set(checked ? 'keep' : 'stop'),
      },
      { type: 'separator' },
      { label: 'Stop Mooring', click: () => app.quit() },
    ]),
  );
  tray.on('click', shell.show);
  return tray;
};
