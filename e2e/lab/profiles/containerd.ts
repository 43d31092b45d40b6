import { crictlSeed } from './crictl.ts';
import { debianSeed, hiddenOnDebian, onDebian } from './debian-base.ts';
import { type Profile, text } from './profile.ts';

const user = 'admin';

/** Debian with its containerd and nothing above it, as below Kubernetes: CRI reads folders of hosts when `config_path` says so. */
export const containerd: Profile = {
  ...onDebian,
  user,
  client: 'ctr',
  engine: { program: 'containerd', sign: 'containerd successfully booted' },
  stores: ['/var/lib/containerd'],
  hasDockerFolder: () => false,
  daemons: (options) => ['sshd', 'avahi', ...(options.engine === false ? [] : (['engine'] as const))],
  hidden: (options) => [
    '/etc/docker',
    '/etc/containers',
    ...(options.engine === false ? ['/etc/containerd'] : []),
    ...hiddenOnDebian(['containerd', 'ctr'], options),
  ],
  seed: (identity, options) => ({
    ...debianSeed(user, `/home/${user}`, identity, options),
    '/etc/containerd/config.toml': text(
      'version = 2',
      '',
      '[plugins]',
      '  [plugins."io.containerd.grpc.v1.cri"]',
      '    [plugins."io.containerd.grpc.v1.cri".cni]',
      '      bin_dir = "/usr/lib/cni"',
      '      conf_dir = "/etc/cni/net.d"',
      ...(options.configPath === false
        ? []
        : [
            '    [plugins."io.containerd.grpc.v1.cri".registry]',
            '      config_path = "/etc/containerd/certs.d"',
          ]),
    ),
    ...(options.hasCrictl ? crictlSeed() : {}),
    ...(options.engine === false
      ? {}
      : { '/usr/libexec/lab/engine': text('exec /usr/bin/containerd --log-level info') }),
  }),
};
