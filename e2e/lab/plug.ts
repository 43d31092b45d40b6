import { ip, type Machine } from './machine.ts';

/** A cable from `eth0` of a machine to a port of the switch. */
export const connect = async (
  machine: Machine,
  switchMachine: Machine,
  port: string,
  address: string,
): Promise<void> => {
  await ip([`link add ${port} netns ${switchMachine.pid} type veth peer name eth0 netns ${machine.pid}`]);
  await ip([`link set ${port} master lan up`], switchMachine);
  await bringUp(machine, address);
};

/** Off at once: the kernel goes on answering for a machine for a moment after its last process has ended. */
export const unplug = (switchMachine: Machine, port: string): Promise<void> =>
  ip([`link del ${port}`], switchMachine);

export const bringUp = (machine: Machine, address: string): Promise<void> =>
  ip(
    [
      'link set lo up',
      `link set eth0 address ${hardwareAddress(address)}`,
      `addr add ${address} dev eth0`,
      'link set eth0 up',
    ],
    machine,
  );

/** A network card keeps its address when its computer starts again. */
const hardwareAddress = (address: string): string =>
  ['02', '6d', ...address.replace(/\/.*/, '').split('.').map(hex)].join(':');

const hex = (byte: string): string => Number(byte).toString(16).padStart(2, '0');
