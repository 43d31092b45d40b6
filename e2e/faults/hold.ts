import fs from 'node:fs';
import type { Device } from '../lab/index.ts';
import { waitUntil } from '../lab/wait.ts';

/** A place where the script stops on its way until it is let go. */
export interface Hold {
  /** Resolves once the script stands there. */
  reached(): Promise<void>;
  letGo(): void;
}

const folder = '/run/hold';

/**
 * Lets a call of a program on the device wait, with the program itself behind it: the script stands still in the phase that
 * calls it.
 * @param turn which of its calls waits; @param args shell pattern of the arguments that count
 */
export const holdAt = async (device: Device, program: string, turn = 1, args = '*'): Promise<Hold> => {
  const steps = [
    `mkdir -p ${folder}`,
    `real=$(readlink -f "$(command -v ${program})")`,
    `cp "$real" ${folder}/${program}.real`,
    `cat >${folder}/${program}`,
    `chmod 0755 ${folder} ${folder}/${program}`,
    `mount --bind ${folder}/${program} "$real"`,
  ];
  const wrapper = [
    '#!/bin/sh',
    'turn=0',
    `case " $* " in ${args}) turn=1; while ! mkdir ${folder}/turn$turn 2>/dev/null; do turn=$((turn + 1)); done ;; esac`,
    `if [ $turn = ${turn} ]; then`,
    `  : >${folder}/reached`,
    `  while [ ! -e ${folder}/go ]; do sleep 0.05; done`,
    'fi',
    `exec ${folder}/${program}.real "$@"`,
  ];
  const made = await device.exec(steps.join(' && '), { input: `${wrapper.join('\n')}\n` });
  if (made.status !== 0) throw new Error(`${device.name}: ${made.stderr}`);
  return {
    reached: () => untilThere(device, onDisk(device, `${folder}/reached`)),
    letGo: () => {
      fs.writeFileSync(onDisk(device, `${folder}/go`), '');
    },
  };
};

/** While sshd thinks about the key, of a device with the option `slowLoginSeconds`. */
export const atLogin = (device: Device): Hold => {
  const asked = onDisk(device, '/run/asked');
  // It was asked when the device was added, too.
  fs.rmSync(asked);
  return { reached: () => untilThere(device, asked), letGo: () => undefined };
};

const onDisk = (device: Device, file: string): string => `/proc/${device.machine.pid}/root${file}`;

const untilThere = (device: Device, file: string): Promise<void> =>
  waitUntil(
    file,
    device.machine,
    () => device.log('sshd'),
    () => fs.existsSync(file),
  );

/** Resolves once no script of ours runs on the device any more. A guard whose script was killed sleeps out its time. */
export const untilIdle = async (device: Device): Promise<void> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { stdout } = await device.exec('ps -eo pid=,ppid=,args= 2>/dev/null || ps -o pid,ppid,args');
    const processes = stdout.split('\n').map((line) => line.trim().split(/ +/));
    const guards = processes.flatMap(([, parent, ...args]) =>
      /^sleep \d{2,}$/.test(args.join(' ')) ? [parent] : [],
    );
    const running = processes.filter(
      ([pid, , ...args]) => /^sh -s$|\/run\/hold\//.test(args.join(' ')) && !guards.includes(pid),
    );
    if (running.length === 0) return;
    if (Date.now() > deadline) throw new Error(`${device.name}: a script still runs after 60 s\n${stdout}`);
  }
};
