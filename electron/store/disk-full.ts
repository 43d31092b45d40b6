const codes = new Set<unknown>(['ENOSPC', 'EDQUOT']);
/** SQLITE_FULL, https://sqlite.org/rescode.html#full */
const sqliteFull = 13;

/** True when an error says that the disk, or this user's share of it, is full: the system's, SQLite's, or one caused by those. */
export const isDiskFull = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if ('code' in error && codes.has(error.code)) return true;
  if ('errcode' in error && Number(error.errcode) === sqliteFull) return true;
  return isDiskFull(error.cause);
};
