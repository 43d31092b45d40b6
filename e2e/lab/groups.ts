import { spawnSync } from 'node:child_process';

/** Control group of a device that has a systemd. Unlike all else of a device, groups do not end with its namespaces. */
export const groupOf = (hostName: string): string => `mooring-lab-${hostName}`;

/** Removes the groups of a run once its processes are gone, wherever this computer has mounted them. */
export const removeGroups = (run: string): void => {
  const script = [
    'mount -t cgroup2 cgroup2 "$1" && cd "$1" || exit 0',
    'for try in 1 2 3 4 5; do',
    '  for group in mooring-lab-*-"$2" mooring-lab-*-"$2"-*; do',
    '    [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || continue 2',
    '  done',
    '  exit 0',
    'done',
  ];
  spawnSync('unshare', [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    script.join('\n'),
    'sh',
    '/mnt',
    run,
  ]);
};
