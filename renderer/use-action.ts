import { useCallback, useState } from 'react';
import { errorAtField, viewError, type ErrorView } from './error-view.ts';

/**
 * One thing a button does: whether it runs, and how it failed.
 * @param judge what is left to show of an error; one and the same function each time, where `run` is to stay the same
 */
export const useAction = (judge: (failure: unknown) => ErrorView | null = viewError) => {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorView | null>(null);
  const run = useCallback(
    async (work: () => Promise<unknown>): Promise<boolean> => {
      setBusy(true);
      setError(null);
      try {
        await work();
        return true;
      } catch (failure) {
        setError(judge(failure));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [judge],
  );
  const clear = useCallback(() => setError(null), []);
  return { isBusy, error, run, clear };
};

/**
 * Sends a form. An error goes to the field that it names; `error` is what belongs to none.
 * @param fields as for `errorAtField`
 */
export const useSending = (
  form: { setErrors(errors: Record<string, string>): void },
  fields: Record<string, string>,
) =>
  useAction((failure) => {
    const found = errorAtField(failure, fields);
    form.setErrors(found.fields);
    return found.rest;
  });
