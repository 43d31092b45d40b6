import { useEffect, useState } from 'react';

const STEP_MS = 20_000;

/** The time in milliseconds, kept true enough for `5 min ago`. */
export const useNow = (): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), STEP_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
};
