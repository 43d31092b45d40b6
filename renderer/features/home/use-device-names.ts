import { useEffect, useRef, useState } from 'react';
import type { RegistryEvent } from '#shared/model/registry.ts';
import { useClient } from '../../stores.tsx';

/** Names of the devices that events came from, by address; each address is asked for once. */
export const useDeviceNames = (events: RegistryEvent[]): ReadonlyMap<string, string> => {
  const client = useClient();
  const asked = useRef(new Set<string>());
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    for (const { remote } of events) {
      if (remote === '' || asked.current.has(remote)) continue;
      asked.current.add(remote);
      client.devices.get({ device: remote }).then(
        ({ name }) => setNames((known) => new Map(known).set(remote, name)),
        // Most often somebody's own computer.
        () => undefined,
      );
    }
  }, [client, events]);
  return names;
};
