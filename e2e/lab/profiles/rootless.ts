import type { Seed } from '../seed.ts';
import { text } from './profile.ts';

const runtime = '/run/user/1000';

/** Docker as a person runs it without privileges: Debian's dockerd-rootless.sh, with the network of the device. */
export const rootlessSeed = (user: string): Seed => ({
  '/etc/subuid': text(`${user}:100000:65536`),
  '/etc/subgid': text(`${user}:100000:65536`),
  '/usr/libexec/lab/engine': text(
    // As systemd leaves it, and logind at a login.
    'mount --make-rshared /',
    `mkdir -p -m 0755 /run/user && mkdir -m 0700 ${runtime} && chown ${user}:${user} ${runtime}`,
    `exec runuser -u ${user} -- env HOME=/home/${user} XDG_RUNTIME_DIR=${runtime} DOCKERD_ROOTLESS_ROOTLESSKIT_NET=host DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER=none \\`,
    '    /usr/share/docker.io/contrib/dockerd-rootless.sh --storage-driver vfs --bridge none --iptables=false --ip6tables=false',
  ),
});
