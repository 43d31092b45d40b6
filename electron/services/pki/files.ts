import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { folderError } from '#electron/store/folder.ts';
import { removeLeftovers, replaceFile, syncFolder } from '#electron/store/files.ts';

/** What lies in `<data>/pki`, relative to it. */
export const pkiFiles = {
  /** Alone in its folder, so that the folder can be handed to an engine as it is. */
  ca: 'ca/mooring-ca.crt',
  caKey: 'ca.key.sealed',
  serverCertificate: 'server.crt',
  serverKey: 'server.key',
  choices: 'choices.json',
} as const;
export type PkiFile = keyof typeof pkiFiles;

const modes: Record<PkiFile, number> = {
  ca: 0o644,
  caKey: 0o600,
  serverCertificate: 0o644,
  serverKey: 0o600,
  choices: 0o600,
};

/** New contents by file; null removes it, a file not named stays untouched. */
export type PkiChange = Partial<Record<PkiFile, string | null>>;

const journalName = 'journal.json';
const journalSchema = z.array(
  z.object({ path: z.string(), content: z.string().nullable(), mode: z.number() }),
);
type Step = z.infer<typeof journalSchema>[number];

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const readIfThere = (file: string): string | null => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (cause) {
    if (isAbsent(cause)) return null;
    const problem = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new AppError('PKI_FILE_BROKEN', { file, problem }, { cause });
  }
};

/**
 * The files of the PKI. Several of them change together or not at all: the new contents are first written to a
 * journal in one rename, then put in place, then the journal goes. A crash in between is carried on at the next
 * start, so that certificate and key always belong together.
 */
export const openPkiFiles = (dataDir: string) => {
  const folder = path.join(dataDir, 'pki');
  const journal = path.join(folder, journalName);

  const apply = (steps: readonly Step[]): void => {
    try {
      for (const step of steps) {
        const file = path.join(folder, step.path);
        if (step.content === null) fs.rmSync(file, { force: true });
        else {
          fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
          replaceFile(file, step.content, step.mode);
        }
      }
      fs.rmSync(journal, { force: true });
      syncFolder(folder);
    } catch (error) {
      throw folderError(dataDir, error);
    }
  };

  const recover = (): void => {
    const text = readIfThere(journal);
    if (text !== null) apply(journalSchema.parse(JSON.parse(text)));
    if (!fs.existsSync(folder)) return;
    removeLeftovers(folder);
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeLeftovers(path.join(folder, entry.name));
    }
  };

  const read = (): Record<PkiFile, string | null> => {
    const entries = Object.entries(pkiFiles).map(([name, file]) => [
      name,
      readIfThere(path.join(folder, file)),
    ]);
    return Object.fromEntries(entries) as Record<PkiFile, string | null>;
  };

  return {
    /** Absolute path of a file. */
    pathOf: (name: PkiFile): string => path.join(folder, pkiFiles[name]),
    read,
    /** Carries on what a crash or a full disk interrupted. Only the holder of the data folder may call it. */
    recover,
    /**
     * @param keepIn name of a subfolder that gets a copy of what is there now
     * @throws AppError FOLDER_UNUSABLE
     */
    commit(change: PkiChange, keepIn?: string): void {
      const before = read();
      const kept = (Object.keys(pkiFiles) as PkiFile[])
        .filter((name) => keepIn !== undefined && before[name] !== null)
        .map((name) => ({
          path: path.posix.join(keepIn ?? '', path.posix.basename(pkiFiles[name])),
          content: before[name],
          mode: modes[name],
        }));
      const changed = (Object.keys(change) as PkiFile[])
        .filter((name) => change[name] !== undefined && change[name] !== before[name])
        .map((name) => ({ path: pkiFiles[name], content: change[name] ?? null, mode: modes[name] }));
      if (changed.length === 0) return;
      const steps: Step[] = [...kept, ...changed];
      try {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        replaceFile(journal, JSON.stringify(steps), 0o600);
      } catch (error) {
        throw folderError(dataDir, error);
      }
      apply(steps);
    },
  };
};
export type PkiFiles = ReturnType<typeof openPkiFiles>;
