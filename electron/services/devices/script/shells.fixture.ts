import { spawnSync } from 'node:child_process';

const known = [
  { name: 'sh', command: ['sh', '-s'] },
  { name: 'dash', command: ['dash', '-s'] },
  { name: 'bash --posix', command: ['bash', '--posix', '-s'] },
  { name: 'busybox ash', command: ['busybox', 'ash', '-s'] },
];

const isHere = ({ command: [program = '', ...args] }: (typeof known)[number]): boolean =>
  spawnSync(program, args, { input: 'exit 0\n' }).status === 0;

const present = known.filter(isHere);

/** The shells of this computer that scripts must run under; plain `sh` only where the others are missing. */
export const shells = present.length > 1 ? present.filter(({ name }) => name !== 'sh') : present;
