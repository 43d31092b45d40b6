import { useEffect, useState } from 'react';
import { formatAgo, formatTime } from '../format.ts';

const STEP_MS = 20_000;

/** `5 min ago`, kept true, with the exact time on hover. */
export const TimeAgo = ({ at }: { at: string }) => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), STEP_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatAgo(at, now)}
    </time>
  );
};
