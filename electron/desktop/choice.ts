import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dialog, type BrowserWindow } from 'electron';
import { z } from 'zod';

const choices = z.object({ onClose: z.enum(['keep', 'stop']) });
export type OnClose = z.infer<typeof choices>['onClose'];

/** What the person chose for the window's close button; asked once, changed in the tray menu. */
export interface CloseChoice {
  get(): OnClose | null;
  set(choice: OnClose): void;
  /** Null: neither, the window stays. */
  ask(window: BrowserWindow): Promise<OnClose | null>;
}

const read = (file: string): OnClose | null => {
  try {
    return choices.parse(JSON.parse(readFileSync(file, 'utf8'))).onClose;
  } catch {
    return null;
  }
};

/** Kept beside the database, because it belongs to the desktop alone. */
export const createCloseChoice = (dataDir: string): CloseChoice => {
  const file = join(dataDir, 'desktop.json');
  const set = (onClose: OnClose): void =>
    writeFileSync(file, `${JSON.stringify({ onClose })}\n`, { mode: 0o600 });
  return {
    get: () => read(file),
    set,
    async ask(window) {
      const known = read(file);
      if (known) return known;
      const { response } = await dialog.showMessageBox(window, {
        type: 'question',
        message: 'Keep the registry serving?',
        detail:
          'Devices can pull only while Mooring runs. Kept, it stays in the system tray. The answer is remembered; the ' +
          'tray menu changes it.',
        buttons: ['Keep serving', 'Stop Mooring', 'Cancel'],
        defaultId: 0,
        cancelId: 2,
      });
      const chosen = (['keep', 'stop', null] as const)[response] ?? null;
      if (chosen) set(chosen);
      return chosen;
    },
  };
};
