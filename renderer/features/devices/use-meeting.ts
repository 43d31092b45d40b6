import { useEffect, useRef, useState } from 'react';
import type { MetDevice } from '#shared/model/devices.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { follow } from '../../client.ts';
import { viewError, type ErrorView } from '../../error-view.ts';
import { useClient } from '../../stores.tsx';

interface Meeting {
  /** Null until the first answer. */
  total: number | null;
  met: MetDevice[];
  isOver: boolean;
  error: ErrorView | null;
}

/** Meets the devices that are selected when it begins; those met so far stay when it is stopped. */
export const useMeeting = (selection: DeviceSelection) => {
  const client = useClient();
  const [first] = useState(selection);
  const [meeting, setMeeting] = useState<Meeting>({ total: null, met: [], isOver: false, error: null });
  const controller = useRef<AbortController | null>(null);
  useEffect(() => {
    const begun = new AbortController();
    controller.current = begun;
    const end = () => setMeeting((before) => ({ ...before, isOver: true }));
    begun.signal.addEventListener('abort', end);
    void follow(
      client.devices.meet({ selection: first }, { signal: begun.signal }),
      begun.signal,
      ({ total, met }) => setMeeting((before) => ({ ...before, total, met: [...before.met, ...met] })),
      (failure) => setMeeting((before) => ({ ...before, error: viewError(failure) })),
    ).then(end);
    return () => {
      begun.signal.removeEventListener('abort', end);
      begun.abort();
    };
  }, [client, first]);
  return { ...meeting, stop: () => controller.current?.abort() };
};
