import { dialog } from 'electron';
import { AppError } from '#shared/errors.ts';
import { paths } from '#electron/paths.ts';
import type { Attachment } from '#electron/serve/attach.ts';
import { openHost, type Host } from '#electron/serve/host.ts';
import { attachOrHold } from '#electron/serve/session.ts';
import { utilityEngine } from './engine.ts';
import { createKeychain } from './keychain.ts';

/** The app runs here, or this window looks at one that runs elsewhere. */
export type Opened = { host: Host } | { attachment: Attachment };

const waitMs = 10_000;

const open = async (dataDir: string): Promise<Opened> => {
  const found = await attachOrHold({
    dataDir,
    waitMs,
    accepts: ({ host }) => host !== 'cli',
    hold: () =>
      openHost({
        dataDir,
        host: 'desktop',
        spawnEngine: utilityEngine(paths.engine),
        spawnPlayers: utilityEngine(paths.players),
        keychain: createKeychain(),
      }),
  });
  return 'held' in found ? { host: found.held } : { attachment: found.attachment };
};

/**
 * Opens the data folder: holds it, or attaches to the host that does. When someone holds it without answering, the
 * person is told who and may try again.
 * @returns null when the person gave up
 * @throws AppError what else opening the folder throws
 */
export const openFolder = async (dataDir: string): Promise<Opened | null> => {
  for (;;) {
    try {
      return await open(dataDir);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'FOLDER_HELD') throw error;
      const { title, cause, next } = error.data;
      const { response } = await dialog.showMessageBox({
        type: 'warning',
        message: title,
        detail: `${cause}\n${next}`,
        buttons: ['Try again', 'Quit'],
        defaultId: 0,
        cancelId: 1,
      });
      if (response !== 0) return null;
    }
  }
};

/** The host that this window looked at has ended: become the host, or end too. */
export const offerTakeOver = async (): Promise<boolean> => {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'The Mooring that this window showed has ended',
    detail: 'Nothing serves the registry now. This window can take its place.',
    buttons: ['Take over', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
};
