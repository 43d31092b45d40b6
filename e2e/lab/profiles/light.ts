import { busyboxWithout } from '../minimal-root.ts';
import { loginSeed } from './login.ts';
import { commonSeed, type Profile, rootByKey, sshdConfig, text } from './profile.ts';

const port = 22;

/** As little as takes trust: BusyBox, sshd and a writable disk. No engine, no mDNS. For hundreds at a time. */
export const light: Profile = {
  port,
  user: 'root',
  isReadOnly: false,
  readOnly: [],
  client: 'false',
  engine: null,
  stores: [],
  hasPassword: false,
  hasDockerFolder: () => false,
  daemons: () => ['sshd'],
  base: (roots, options) => (options.hasPython ? roots.lightWithPython() : roots.light()),
  masked: () => [],
  hidden: (options) => (options.without ?? []).map((name) => `/usr/bin/${name}`),
  seed: (identity, options) => ({
    ...commonSeed('root', identity),
    ...loginSeed(options),
    ...(options.without
      ? { '/usr/bin/busybox': { bytes: busyboxWithout(options.without), mode: 0o755 } }
      : {}),
    '/etc/passwd': text('root:x:0:0:root:/root:/bin/sh', 'sshd:x:100:65534::/run/sshd:/bin/false'),
    '/etc/shadow': { ...text('root:*:19000:0:99999:7:::', 'sshd:*:19000::::::'), mode: 0o600 },
    '/etc/group': text('root:x:0:', 'nogroup:x:65534:'),
    '/etc/nsswitch.conf': text('passwd: files', 'group: files', 'hosts: files'),
    '/etc/os-release': text('ID=lab', 'NAME="Lab light"', 'VERSION_ID="1"', 'PRETTY_NAME="Lab light 1"'),
    '/etc/ssh/sshd_config': sshdConfig(
      port,
      options,
      ...rootByKey,
      'Subsystem sftp /usr/lib/openssh/sftp-server',
    ),
    '/root': { folder: true, mode: 0o700 },
    '/usr/libexec/lab/prepare': text(':'),
  }),
};
