import { useEffect, useEffectEvent, useState } from 'react';
import { viewError, type ErrorView } from './error-view.ts';

/** What `ask` answers now and each time `cause` changes; the last answer stays until the next is there. */
export const useAnswer = <Answer>(ask: () => Promise<Answer>, cause: string | number) => {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const latest = useEffectEvent(ask);
  useEffect(() => {
    let isCurrent = true;
    latest().then(
      (fresh) => {
        if (!isCurrent) return;
        setAnswer(fresh);
        setError(null);
      },
      (failure: unknown) => {
        if (isCurrent) setError(viewError(failure));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [cause]);
  return { answer, error, setAnswer };
};
