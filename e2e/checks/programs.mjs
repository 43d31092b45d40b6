import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the lab and the UI specs run, and the Debian package that brings it. */
const programs = {
  chromium: 'chromium',
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  dockerd: 'docker.io',
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  podman: 'podman',
  skopeo: 'skopeo',
  buildah: 'buildah',
  'avahi-daemon': 'avahi-daemon',
  'avahi-browse': 'avahi-utils',
  'dbus-daemon': 'dbus-daemon',
  'docker-registry': 'docker-registry',
  busybox: 'busybox-static',
  ip: 'iproute2',
  iptables: 'iptables',
  unshare: 'util-linux',
  sudo: 'sudo',
  systemctl: 'systemd',
  openssl: 'openssl',
  curl: 'curl',
  ps: 'procps',
  newuidmap: 'uidmap',
  rootlesskit: 'rootlesskit',
  socat: 'socat',
  tcsh: 'tcsh',
  trust: 'p11-kit',
};
/** Loaded by libc, not run. */
const mdnsResolver = { file: 'libnss_mdns4_minimal.so.2', package: 'libnss-mdns' };

const folders = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/usr/bin',
  '/bin',
];

const isThere = (name) =>
  folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const hasResolver = () =>
  spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout?.includes(mdnsResolver.file) ?? false;

/** Debian packages of what is missing here. */
export const missingPackages = () => [
  ...new Set([
    ...Object.entries(programs).flatMap(([name, source]) => (isThere(name) ? [] : [source])),
    ...(hasResolver() ? [] : [mdnsResolver.package]),
  ]),
];

/** Why the device lab cannot run on this computer whatever is installed, or null. */
export const labObstacle = () => {
  if (process.platform !== 'linux') return 'the device lab needs Linux';
  return process.getuid() === 0 ? null : 'the device lab needs root (network and mount namespaces)';
};

const apt = (args) => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0;
};

const servicePolicy = '/usr/sbin/policy-rc.d';

/**
 * Installs packages on Debian, as root. Their services are not started: one of them would take the registry's port.
 * @returns false when it did not work
 */
export const installPackages = (packages) => {
  const isOurs = !existsSync(servicePolicy);
  if (isOurs) writeFileSync(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return apt(['update']) && apt(['install', '-y', '--no-install-recommends', ...packages]);
  } finally {
    if (isOurs) rmSync(servicePolicy);
  }
};

/** True where `installPackages` can work. */
export const canInstall = () => process.platform === 'linux' && process.getuid() === 0 && isThere('apt-get');
