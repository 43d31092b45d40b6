import { closeNow, openNow, syncDescriptor } from './quick.ts';

/** Windows cannot open folders; NTFS journals its renames. */
const canSyncFolders = process.platform !== 'win32';

const syncOnce = async (folder: string): Promise<void> => {
  if (!canSyncFolders) return;
  const descriptor = openNow(folder, 'r');
  try {
    await syncDescriptor(descriptor);
  } finally {
    closeNow(descriptor);
  }
};

/**
 * Puts the entries of folders on disk. Whoever asks while a sync of the same folder is under way shares the next one, which
 * begins after all their changes: pushes of many small blobs meet in the same few folders.
 */
export const createFolderSync = () => {
  const rounds = new Map<string, { running: Promise<void>; next: Promise<void> | null }>();
  const begin = (folder: string): Promise<void> => {
    const round = { running: syncOnce(folder), next: null };
    rounds.set(folder, round);
    const end = () => {
      if (rounds.get(folder) === round && round.next === null) rounds.delete(folder);
    };
    round.running.then(end, end);
    return round.running;
  };
  return (folder: string): Promise<void> => {
    const round = rounds.get(folder);
    if (!round) return begin(folder);
    const goOn = () => begin(folder);
    round.next ??= round.running.then(goOn, goOn);
    return round.next;
  };
};
