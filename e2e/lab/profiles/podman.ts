import type { Seed } from '../seed.ts';
import { debianSeed, hiddenOnDebian, onDebian } from './debian-base.ts';
import { directoryPrepare, directorySeed } from './directory.ts';
import { type Profile, text } from './profile.ts';

const user = 'core';
const home = `/var/home/${user}`;

const bundle = '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem';
const source = '/usr/share/pki/ca-trust-source';

/** Fedora's bootc: /usr is read-only, trust anchors go to /etc/pki/ca-trust, Podman for root and for a person without privileges. */
export const podman: Profile = {
  ...onDebian,
  user,
  readOnly: ['/usr'],
  client: 'podman',
  engine: null,
  stores: ['/var/lib/containers', '/var/home'],
  hasDockerFolder: () => false,
  daemons: () => ['sshd', 'avahi'],
  hidden: (options) => [
    '/etc/docker',
    '/etc/ca-certificates',
    '/etc/ca-certificates.conf',
    '/etc/debian_version',
    '/usr/sbin/update-ca-certificates',
    '/usr/bin/apt',
    '/usr/bin/apt-get',
    '/usr/bin/dpkg',
    ...hiddenOnDebian(['podman'], options),
  ],
  seed(identity, options) {
    const seed = debianSeed(user, home, identity, options);
    if (options.isInDirectory) Object.assign(seed, directorySeed(seed, user));
    seed['/usr/libexec/lab/prepare'] = text(
      ...(options.isInDirectory ? [directoryPrepare] : []),
      // As systemd leaves it; Podman without privileges asks for it.
      'mount --make-rshared /',
      'chmod 0700 /root',
      `mkdir -p ${home} /var/lib/dbus /run/user/1000`,
      `cp -r /usr/libexec/lab/home/. ${home}`,
      `chown -R ${user}:${user} ${home} /run/user/1000`,
      `chmod 0700 ${home} /run/user/1000`,
    );
    return {
      ...seed,
      '/etc/os-release': text(
        'NAME="Fedora Linux"',
        'VERSION="42 (Bootc)"',
        'ID=fedora',
        'VERSION_ID=42',
        'PRETTY_NAME="Fedora Linux 42 (Bootc)"',
        'VARIANT_ID=bootc',
      ),
      '/etc/subuid': text(`${user}:100000:65536`),
      '/etc/subgid': text(`${user}:100000:65536`),
      // There is no systemd here to ask for a cgroup or to keep a journal.
      '/etc/containers/containers.conf': text(
        '[engine]',
        'cgroup_manager = "cgroupfs"',
        'events_logger = "file"',
      ),
      ...anchors(),
    };
  },
};

/** Fedora's layout and its `update-ca-trust`, over Debian's `trust` of p11-kit, which is told to look where Fedora's looks. */
const anchors = (): Seed => ({
  '/etc/pki/ca-trust/source/anchors': { folder: true },
  '/etc/pki/ca-trust/source/blocklist': { folder: true },
  [`${source}/anchors/ca-bundle.crt`]: { source: '/etc/ssl/certs/ca-certificates.crt' },
  [bundle]: { source: '/etc/ssl/certs/ca-certificates.crt', mode: 0o444 },
  '/etc/pki/tls/certs/ca-bundle.crt': { link: bundle },
  '/etc/pki/tls/cert.pem': { link: bundle },
  '/etc/ssl/certs': { link: '../pki/tls/certs' },
  '/usr/share/p11-kit/modules/p11-kit-trust.module': text(
    'module: p11-kit-trust.so',
    'trust-policy: yes',
    `x-init-reserved: paths='/etc/pki/ca-trust/source:${source}'`,
  ),
  '/usr/bin/update-ca-trust': {
    ...text(
      '#!/bin/sh',
      '# As Fedora 39 has it, without the bundles of mail, code signing and Java.',
      'DEST=/etc/pki/ca-trust/extracted',
      'umask 022',
      'exec /usr/bin/trust extract --comment --format=pem-bundle --filter=ca-anchors --overwrite \\',
      '    --purpose=server-auth "$DEST/pem/tls-ca-bundle.pem"',
    ),
    mode: 0o755,
  },
});
