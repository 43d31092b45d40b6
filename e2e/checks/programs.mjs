import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { cache } from '../../electron/start/layout.mjs';

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

/**
 * Packages for devices alone, with what they need, by the first of them: unpacked here, since OpenRC would take the place of
 * this computer's own init.
 */
const unpacked = {
  openrc: ['openrc', 'libeinfo1', 'librc1'],
  'libnss-extrausers': ['libnss-extrausers'],
};

/** Where a package for devices lies, as a disk. */
export const unpackedFolder = (name) => join(cache, 'packages', name);

const missingUnpacked = () =>
  Object.keys(unpacked).filter(
    (name) => !existsSync(join(unpackedFolder(name), 'usr/share/doc', name, 'copyright')),
  );

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

/** What tests of the lab miss here, in one line, or null. */
export const missingTools = () => {
  const packages = missingPackages();
  const forDevices = missingUnpacked();
  const said = [
    ...(packages.length > 0 ? [`apt-get install ${packages.join(' ')}`] : []),
    ...(forDevices.length > 0 ? [`${forDevices.join(' and ')} to unpack for devices`] : []),
  ];
  return said.length > 0 ? said.join(' and ') : null;
};

/** Why the device lab cannot run on this computer whatever is installed, or null. */
export const labObstacle = () => {
  if (process.platform !== 'linux') return 'the device lab needs Linux';
  return process.getuid() === 0 ? null : 'the device lab needs root (network and mount namespaces)';
};

const run = (program, args, cwd = '/') => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env, cwd }).status === 0;
};
const apt = (args, cwd) => run('apt-get', args, cwd);

const unpack = (name) => {
  const folder = unpackedFolder(name);
  const draft = `${folder}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  if (!apt(['download', ...unpacked[name]], draft)) return false;
  const archives = readdirSync(draft);
  if (!archives.every((archive) => run('dpkg-deb', ['--extract', archive, '.'], draft))) return false;
  for (const archive of archives) rmSync(join(draft, archive));
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return true;
};

const servicePolicy = '/usr/sbin/policy-rc.d';

const install = (packages) => {
  const isOurs = !existsSync(servicePolicy);
  if (isOurs) writeFileSync(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return apt(['install', '-y', '--no-install-recommends', ...packages]);
  } finally {
    if (isOurs) rmSync(servicePolicy);
  }
};

/**
 * Installs on Debian, as root, what is missing. Services are not started: one of them would take the registry's port.
 * @returns false when it did not work
 */
export const installTools = () => {
  const packages = missingPackages();
  return (
    apt(['update']) &&
    (packages.length === 0 || install(packages)) &&
    missingUnpacked().every((name) => unpack(name))
  );
};

/** True where `installTools` can work. */
export const canInstall = () => process.platform === 'linux' && process.getuid() === 0 && isThere('apt-get');
