import { spawnSync } from 'node:child_process';

const known = [
  { name: 'sh', command: ['sh', '-s'] },
  { name: 'dash', command: ['dash', '-s'] },
  { name: 'bash --posix', command: ['bash', '--posix', '-s'] },
  { name: 'busybox ash', command: ['busybox', 'ash', '-s'] },
];

/** The shells of this computer that scripts must run under; `sh` is always among them. */
export const shells = known.filter(({ command: [program = '', ...args] }) => {
  return spawnSync(program, args, { input: 'exit 0\n' }).status === 0;
});
