import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import { ip, labPath, type Machine } from './machine.ts';
import { bringUp } from './plug.ts';
import { waitUntil } from './wait.ts';

export interface WireState {
  /** Each way: half a round trip. */
  delayMs: number;
  /** Share of frames that are lost, each way, 0 to 1. */
  loss: number;
  /** Nothing passes. */
  isCut: boolean;
  /** Only ARP passes: the device is there, and a firewall drops what is sent to it. */
  isFiltered: boolean;
}

export type Direction = 'toDevice' | 'fromDevice';

/** The cable of a device, through this process. */
export interface Wire {
  set(state: Partial<WireState>): void;
  /** Calls `listener` with each frame before it is judged by the state; returns how to stop that. */
  onFrame(listener: (frame: Buffer, direction: Direction) => void): () => void;
  /** Bytes of frames that came to the wire, lost ones too. */
  readonly seen: Readonly<Record<Direction, number>>;
}

/** Of a device whose cable goes straight to the switch. */
export const noWire = (name: string): Wire => {
  const refuse = (): never => {
    throw new Error(`${name} was not made with hasWire`);
  };
  return { set: refuse, onFrame: refuse, seen: { toDevice: 0, fromDevice: 0 } };
};

export interface WirePlace {
  /** Six hex digits of the run: its loopback address comes from them. */
  run: string;
  /** Of the wire within the run. */
  number: number;
  switchMachine: Machine;
  port: string;
  /** Of what is lost. */
  seed: number;
}

export interface PluggableWire extends Wire {
  /** Gives a machine that has no network its `eth0`. */
  attach(machine: Machine, address: string): Promise<void>;
  close(): void;
}

/**
 * Two TAP interfaces, one on the switch and one that becomes `eth0` of the device. socat carries the frames of each, one a datagram,
 * to a socket of this process, which passes them on to the other.
 */
export const createWire = async (place: WirePlace): Promise<PluggableWire> => {
  const state: WireState = { delayMs: 0, loss: 0, isCut: false, isFiltered: false };
  const seen = { toDevice: 0, fromDevice: 0 };
  const listeners = new Set<(frame: Buffer, direction: Direction) => void>();
  const random = randomOf(place.seed);
  const [near, far] = await Promise.all([openEnd(place, 0), openEnd(place, 1)]);

  const carry = (frame: Buffer, direction: Direction, to: End): void => {
    seen[direction] += frame.length;
    for (const listener of listeners) listener(frame, direction);
    const isLost = state.loss > 0 && random() < state.loss;
    if (isLost || state.isCut || (state.isFiltered && !isArp(frame))) return;
    if (state.delayMs === 0) to.send(frame);
    else
      setTimeout(() => {
        if (!state.isCut) to.send(frame);
      }, state.delayMs).unref();
  };
  near.onFrame((frame) => {
    carry(frame, 'toDevice', far);
  });
  far.onFrame((frame) => {
    carry(frame, 'fromDevice', near);
  });

  await startTap(near, place.switchMachine, place.port);
  await ip([`link set ${place.port} master lan up`], place.switchMachine);
  return {
    set: (change) => void Object.assign(state, change),
    onFrame(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    seen,
    async attach(machine, address) {
      await startTap(far, machine, 'eth0');
      await bringUp(machine, address);
    },
    close() {
      near.close();
      far.close();
    },
  };
};

interface End {
  /** Name of its TAP interface while it is on this computer. */
  tap: string;
  /** `address:port` of ours and of socat's socket. */
  ours: string;
  theirs: string;
  send(frame: Buffer): void;
  onFrame(listener: (frame: Buffer) => void): void;
  close(): void;
}

const openEnd = async ({ run, number }: WirePlace, side: 0 | 1): Promise<End> => {
  const bytes = Buffer.from(run, 'hex');
  const address = `127.${1 + ((bytes[0] ?? 0) % 254)}.${bytes[1] ?? 0}.${1 + ((bytes[2] ?? 0) % 254)}`;
  const port = 7000 + 4 * number + 2 * side;
  const socket = dgram.createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  socket.setRecvBufferSize(4 * 1024 * 1024);
  socket.unref();
  // A cable has nobody to complain to.
  socket.on('error', () => undefined);
  return {
    tap: `w${run}${number}${'nf'.charAt(side)}`,
    ours: `${address}:${port}`,
    theirs: `${address}:${port + 1}`,
    send: (frame) => {
      socket.send(frame, port + 1, address);
    },
    onFrame: (listener) => void socket.on('message', listener),
    close: () => {
      socket.close();
    },
  };
};

/** The interface is made here, where the sockets are, and moved; socat lives and dies with the machine. */
const startTap = async (end: End, machine: Machine, name: string): Promise<void> => {
  const tap = `TUN,tun-type=tap,tun-name=${end.tap},iff-no-pi`;
  const carrier = spawn(
    'nsenter',
    [
      ...['-t', String(machine.pid), '-p', 'socat', '-b', '65536'],
      tap,
      `UDP4-DATAGRAM:${end.ours},bind=${end.theirs}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: labPath } },
  );
  let said = '';
  let isThere = false;
  carrier.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  carrier.unref();
  await waitUntil(
    `interface ${end.tap}`,
    machine,
    () => said,
    () => {
      isThere ||= fs.existsSync(`/sys/class/net/${end.tap}`);
      return isThere;
    },
  );
  await ip([`link set ${end.tap} netns ${machine.pid} name ${name}`]);
};

const isArp = (frame: Buffer): boolean => frame.length > 13 && frame.readUInt16BE(12) === 0x0806;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
const randomOf = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
