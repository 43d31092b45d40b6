import { sharedTexts } from '#shared/causes.ts';
import type { AppErrorData } from '#shared/errors.ts';
import type { JobCause } from '#shared/model/jobs.ts';

type Details = AppErrorData['details'];

interface Group {
  count: number;
  isRetryable: boolean;
  /** Details that all members share. */
  shared: Details;
}

const common = (a: Details, b: Details): Details =>
  Object.fromEntries(Object.entries(a).filter(([key, value]) => b[key] === value));

/** Failures grouped by error code while they come in; what is kept does not grow with their number. */
export const createCauses = () => {
  const groups = new Map<string, Group>();
  return {
    add(error: AppErrorData | null, isRetryable: boolean): void {
      const code = error?.code ?? 'INTERNAL';
      const details = error?.details ?? {};
      const group = groups.get(code);
      if (!group) groups.set(code, { count: 1, isRetryable, shared: details });
      else {
        group.count += 1;
        group.isRetryable ||= isRetryable;
        group.shared = common(group.shared, details);
      }
    },
    /** The commonest first. */
    list: (): JobCause[] =>
      [...groups]
        .map(([code, { count, isRetryable, shared }]) => ({
          code,
          ...sharedTexts(code, shared),
          count,
          isRetryable,
        }))
        .sort((a, b) => b.count - a.count),
  };
};
