import { ORPCError } from '@orpc/client';
import { appErrorData, AppError, describeError, type AppErrorData } from '#shared/errors.ts';
import { isDiskFull } from '#electron/store/disk-full.ts';
import { UsageError } from './command.ts';

/** What went wrong, as the command line tells it. */
export interface Failure {
  code: string;
  title: string;
  next: string;
  /** 1 something failed, 2 wrong usage. */
  exitCode: 1 | 2;
  /** For the person who wants to know more; never part of the JSON. */
  cause: string;
}

const known = (data: AppErrorData): Failure => ({
  code: data.code,
  title: data.title,
  next: data.next,
  cause: data.cause,
  exitCode: data.code === 'BAD_INPUT' ? 2 : 1,
});

const lostConnection: Failure = {
  code: 'NOT_RUNNING',
  title: 'The connection to the running Mooring ended',
  next: 'Look at `mooring status`, then try again.',
  cause: 'It was stopped, or it ended unexpectedly.',
  exitCode: 1,
};

/** Whatever was thrown, as one failure with a next step. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof UsageError) {
    return { code: 'USAGE', title: error.message, next: error.next, cause: '', exitCode: 2 };
  }
  if (error instanceof AppError) return known(error.data);
  if (error instanceof ORPCError) {
    const data = appErrorData.safeParse(error.data);
    if (data.success) return known(data.data);
  }
  if (isDiskFull(error)) return known(describeError('HOME_DISK_FULL'));
  if (error instanceof Error && error.name === 'AbortError') return lostConnection;
  const reason = error instanceof Error ? error.message : String(error);
  return {
    ...known(describeError('INTERNAL', { reference: 'none' })),
    title: `Something unexpected happened: ${reason}`,
  };
};
