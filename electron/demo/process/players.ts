import type { ParsedKey } from 'ssh2';
import type { Order, PlacedDevice, PlayedDevice } from '../messages.ts';
import { createDevice } from '../system/device.ts';
import type { Machine } from '../system/machine.ts';
import type { PullPlace } from '../system/pull.ts';
import { fingerprintOf, hostKeyOf } from './host-key.ts';
import { createDoor, type Door } from './server.ts';

interface Player {
  door: Door;
  hostKey: () => ParsedKey;
  clockOffsetSeconds: number;
  /** Null until somebody was there. */
  machine: Machine | null;
}

const certs = '/etc/docker/certs.d';
const ourFile = 'mooring-ca.crt';

/** Loses the second half of the first certificate of ours, as an editor or a full disk would. @returns what hinders */
const drift = (machine: Machine | null): string | null => {
  // The name people use comes before addresses, as its folder begins with a letter.
  for (const name of machine?.files.names(certs).reverse() ?? []) {
    const path = `${certs}/${name}/${ourFile}`;
    const node = machine?.files.find(path);
    if (node?.kind !== 'file') continue;
    node.data = node.data.slice(0, Math.floor(node.data.length / 2));
    return null;
  }
  return 'nothing';
};

/** Ports are asked for in small groups: thousands at once would fill the queue of the system. */
const atOnce = 200;

/** Plays the devices of one process. */
export const createPlayers = () => {
  const players = new Map<number, Player>();
  let place: PullPlace | null = null;

  const playerOf = (index: number): Player => {
    const player = players.get(index);
    if (!player) throw new Error(`there is no device ${index}`);
    return player;
  };

  const begin = async (device: PlayedDevice, seed: string, password: string): Promise<PlacedDevice> => {
    const { index, system, hostName, clockOffsetSeconds } = device;
    const now = (): Date => new Date(Date.now() + player.clockOffsetSeconds * 1000);
    const machine = (): Machine =>
      (player.machine ??= createDevice({ system, hostName, now, place: () => place }));
    const hostKey = (): ParsedKey => hostKeyOf(seed, index);
    const door = createDoor({ hostKey, machine, password });
    const player: Player = { door, hostKey, clockOffsetSeconds, machine: null };
    players.set(index, player);
    await door.open();
    return { index, port: door.port, fingerprint: fingerprintOf(hostKey()) };
  };

  const start = async ({
    devices,
    seed,
    password,
  }: Extract<Order, { kind: 'start' }>): Promise<PlacedDevice[]> => {
    const placed: PlacedDevice[] = [];
    for (let at = 0; at < devices.length; at += atOnce) {
      const group = devices.slice(at, at + atOnce);
      placed.push(...(await Promise.all(group.map((device) => begin(device, seed, password)))));
    }
    // Last, so that no other device gets the port it comes back to.
    await Promise.all(
      devices.filter(({ isPluggedIn }) => !isPluggedIn).map(({ index }) => playerOf(index).door.shut()),
    );
    return placed;
  };

  const plug = async ({ index, isPluggedIn }: Extract<Order, { kind: 'plug' }>): Promise<PlacedDevice[]> => {
    const { door, hostKey } = playerOf(index);
    await (isPluggedIn ? door.open() : door.shut());
    return isPluggedIn ? [{ index, port: door.port, fingerprint: fingerprintOf(hostKey()) }] : [];
  };

  /** @returns devices that listen now. @throws Error with what hinders */
  return async (order: Order): Promise<PlacedDevice[]> => {
    switch (order.kind) {
      case 'start':
        return start(order);
      case 'place':
        ({ place } = order);
        return [];
      case 'plug':
        return plug(order);
      case 'clock':
        playerOf(order.index).clockOffsetSeconds = order.offsetSeconds;
        return [];
      case 'drift': {
        const problem = drift(playerOf(order.index).machine);
        if (problem !== null) throw new Error(problem);
        return [];
      }
    }
  };
};
