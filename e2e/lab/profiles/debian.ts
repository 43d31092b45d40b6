import { debianSeed, hiddenOnDebian, onDebian } from './debian-base.ts';
import { engineCommand, type Profile, text } from './profile.ts';
import { openRcPrepare, openRcSeed } from './openrc.ts';
import { rootlessSeed } from './rootless.ts';
import { systemdSeed } from './systemd.ts';

const user = 'admin';
const socket = '/var/run/docker.sock';

/** Debian as this computer has it, without what was added by hand: a user whose password also opens sudo, and dockerd. */
export const debian: Profile = {
  ...onDebian,
  user,
  client: 'docker',
  engine: { program: 'dockerd', sign: 'API listen on' },
  stores: ['/var/lib/docker', '/var/lib/containers'],
  hasDockerFolder: (options) => options.engine !== false,
  daemons: (options) => ['sshd', 'avahi', ...(options.engine === false ? [] : (['engine'] as const))],
  hidden: (options) => [
    '/etc/docker',
    ...(options.podmanToo ? [] : ['/etc/containers']),
    ...(options.hasOpenRc ? ['/usr/bin/systemctl', '/usr/sbin/service'] : []),
    ...hiddenOnDebian(['docker', 'dockerd', 'containerd', ...(options.podmanToo ? ['podman'] : [])], options),
  ],
  seed(identity, options) {
    const seed = debianSeed(user, `/home/${user}`, identity, options);
    if (options.engine === false) return seed;
    if (options.engineProxy)
      seed['/etc/systemd/system/docker.service.d/proxy.conf'] = text(
        '[Service]',
        `Environment="HTTP_PROXY=${options.engineProxy}" "HTTPS_PROXY=${options.engineProxy}"`,
      );
    if (options.isRootless) return { ...seed, ...rootlessSeed(user) };
    const engine = engineCommand('/usr/sbin/dockerd', socket, options);
    if (options.hasSystemd) return { ...seed, ...systemdSeed(identity.hostName, engine) };
    if (options.hasOpenRc) {
      const { text: prepare } = seed['/usr/libexec/lab/prepare'] as { text: string };
      return { ...seed, ...openRcSeed(engine), '/usr/libexec/lab/prepare': text(prepare, openRcPrepare) };
    }
    return { ...seed, '/usr/libexec/lab/engine': engine };
  },
};
