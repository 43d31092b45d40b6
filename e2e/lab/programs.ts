import { execFileSync } from 'node:child_process';

/** Programs the lab runs, and the Debian packages that bring them. */
const programs: Record<string, string> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  ip: 'iproute2',
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  sudo: 'sudo',
  openssl: 'openssl',
  busybox: 'busybox-static',
  'avahi-daemon': 'avahi-daemon',
  'avahi-browse': 'avahi-utils',
  'dbus-daemon': 'dbus-daemon',
  dockerd: 'docker.io',
  containerd: 'containerd',
  runc: 'runc',
  skopeo: 'skopeo',
  curl: 'curl',
  'docker-registry': 'docker-registry',
};

/** The resolver of `.local` names is loaded by libc, not run. */
const hasMdnsResolver = (): boolean =>
  execFileSync('ldconfig', ['-p'], { encoding: 'utf8' }).includes('libnss_mdns4_minimal.so.2');

/** Why the lab cannot run here, in one line, or null when it can. */
export const labProblem = (): string | null => {
  if (process.platform !== 'linux') return 'the device lab needs Linux';
  if (process.getuid?.() !== 0) return 'the device lab needs root (network and mount namespaces)';
  const missing = Object.keys(programs).filter((name) => !has(name));
  const packages = [...new Set(missing.map((name) => programs[name]))];
  if (!hasMdnsResolver()) {
    missing.push('the resolver of .local names');
    packages.push('libnss-mdns');
  }
  return missing.length === 0
    ? null
    : `the device lab misses ${missing.join(', ')}: apt-get install ${packages.join(' ')}`;
};

const has = (name: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
};
