import type { Seed } from '../seed.ts';
import { groupOf } from '../groups.ts';
import { text } from './profile.ts';

/**
 * Debian's systemd as process 1 of namespaces within the device, with its disk, /run and network; the engine is a unit of
 * it, and nothing else is: udev would speak to the hardware of this computer. It answers only who is in its namespaces, so
 * `systemctl` on the device goes there first. Its control groups lie below one of the device.
 */
export const systemdSeed = (hostName: string, engine: { text: string }): Seed => ({
  '/usr/libexec/lab/engine': text(
    'mkdir /run/groups',
    'mount -t cgroup2 cgroup2 /run/groups',
    `mkdir -p /run/groups/${groupOf(hostName)}`,
    `echo $$ >/run/groups/${groupOf(hostName)}/cgroup.procs`,
    'umount /run/groups',
    'rmdir /run/groups',
    'exec unshare --mount --pid --cgroup --fork --kill-child --propagation private sh /usr/libexec/lab/systemd',
  ),
  '/usr/libexec/lab/systemd': text(
    'read -r pid rest </proc/self/stat',
    'echo "$pid" >/run/systemd.pid',
    'mount -t proc proc /proc',
    'mount -t cgroup2 cgroup2 /sys/fs/cgroup',
    'exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=lab.target --log-target=console',
  ),
  '/usr/libexec/lab/systemctl': { source: '/usr/bin/systemctl' },
  '/usr/bin/systemctl': {
    ...text(
      '#!/bin/sh',
      'exec nsenter --target "$(cat /run/systemd.pid)" --mount --pid /usr/libexec/lab/systemctl "$@"',
    ),
    mode: 0o755,
  },
  '/usr/libexec/lab/dockerd': engine,
  '/etc/systemd/system/lab.target': text('[Unit]', 'DefaultDependencies=no', 'Wants=docker.service'),
  '/etc/systemd/system/docker.service': text(
    '[Unit]',
    'DefaultDependencies=no',
    '[Service]',
    'Type=notify',
    'ExecStart=/bin/sh /usr/libexec/lab/dockerd',
    'StandardOutput=append:/run/log/engine.log',
    'StandardError=inherit',
  ),
});
