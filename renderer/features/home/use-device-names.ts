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
      client.devices.page({ filter: { search: remote } }).then(
        ({ rows }) => {
          const [device, other] = rows.filter(({ address }) => address === remote);
          // None is most often somebody's own computer; simulated devices share the address of this one.
          if (device && !other) setNames((known) => new Map(known).set(remote, device.name));
        },
        () => undefined,
      );
    }
  }, [client, events]);
  return names;
};
