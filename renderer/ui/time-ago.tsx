import { formatAgo, formatTime } from '../format.ts';
import { useNow } from './use-now.ts';

/** `5 min ago`, kept true, with the exact time on hover. */
export const TimeAgo = ({ at }: { at: string }) => (
  <time dateTime={at} title={formatTime(at)}>
    {formatAgo(at, useNow())}
  </time>
);
