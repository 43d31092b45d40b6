import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { unpackedFolder } from '../checks/programs.mjs';
import { type Seed, writeSeed } from './seed.ts';

const daemons: Record<string, string> = {
  '/usr/sbin/avahi-daemon': '/usr/sbin/avahi-daemon',
  '/usr/bin/balenad': '/usr/sbin/dockerd',
  '/usr/libexec/lab/containerd': '/usr/bin/containerd',
  '/usr/libexec/lab/runc': '/usr/sbin/runc',
  '/usr/libexec/lab/getent': '/usr/bin/getent',
};

/**
 * A disk like that of balenaOS: BusyBox and nothing else for who logs in, plus the daemons. The programs are Debian's; only
 * the engine's client is changed, in one place, so that it finds its daemon where balenaEngine has it.
 */
export const composeMinimalRoot = (folder: string): void => {
  composeRoot(folder, daemons, ['/usr/bin/docker']);
  const client = withBalenaSocket(fs.readFileSync('/usr/bin/docker'));
  fs.writeFileSync(path.join(folder, 'usr/bin/balena-engine'), client, { mode: 0o755 });
  writeSeed(folder, { '/usr/bin/balena': { link: 'balena-engine' } });
};

const authorities = '/usr/share/ca-certificates/mozilla';

/**
 * A disk as Alpine has it: BusyBox with its own shell, Docker, and a few of the authorities that come with ca-certificates.
 * OpenRC itself is the device's.
 */
export const composeAlpineRoot = (folder: string): void => {
  const programs = {
    '/usr/sbin/avahi-daemon': '/usr/sbin/avahi-daemon',
    '/usr/bin/dockerd': '/usr/sbin/dockerd',
    '/usr/bin/docker': '/usr/bin/docker',
    '/usr/bin/containerd': '/usr/bin/containerd',
    '/usr/bin/runc': '/usr/sbin/runc',
    '/usr/bin/getent': '/usr/bin/getent',
    '/usr/libexec/lab/openssl': '/usr/bin/openssl',
  };
  const openRc = ['openrc', 'openrc-run', 'rc-service', 'rc-update', 'supervise-daemon'];
  composeRoot(
    folder,
    programs,
    openRc.map((name) => path.join(unpackedFolder('openrc'), 'sbin', name)),
  );
  const names = fs.readdirSync(authorities).slice(0, 3);
  const seed: Seed = {
    '/etc/ca-certificates.conf': { text: names.map((name) => `mozilla/${name}\n`).join('') },
  };
  for (const name of names) seed[`${authorities}/${name}`] = { source: `${authorities}/${name}` };
  writeSeed(folder, seed);
};

/** BusyBox and sshd with its SFTP, nothing else. */
export const composeLightRoot = (folder: string): void => {
  const sftp = '/usr/lib/openssh/sftp-server';
  composeRoot(folder, { [sftp]: sftp }, []);
};

/** Debian's Python without added modules. */
export const addPython = (folder: string): void => {
  const python = fs.realpathSync('/usr/bin/python3');
  const name = path.basename(python);
  const modules = `/usr/lib/${name}`;
  fs.cpSync(modules, path.join(folder, modules), { recursive: true, dereference: true });
  const native = fs.readdirSync(`${modules}/lib-dynload`).map((file) => `${modules}/lib-dynload/${file}`);
  const seed: Seed = { [python]: { source: python }, '/usr/bin/python3': { link: name } };
  for (const library of librariesOf([python, ...native]))
    seed[library.replace(/^\/lib/, '/usr/lib')] = { source: library };
  writeSeed(folder, seed);
};

const composeRoot = (folder: string, more: Record<string, string>, alsoNeeded: string[]): void => {
  for (const name of [
    'usr/bin',
    'usr/sbin',
    'usr/lib',
    'usr/lib64',
    'etc',
    'home/root',
    'var',
    'sys',
    'proc',
  ])
    fs.mkdirSync(path.join(folder, name), { recursive: true });
  const programs: Record<string, string> = { '/usr/sbin/sshd': '/usr/sbin/sshd', ...more };
  for (const helper of ['sshd-session', 'sshd-auth'])
    if (fs.existsSync(`/usr/lib/openssh/${helper}`))
      programs[`/usr/lib/openssh/${helper}`] = `/usr/lib/openssh/${helper}`;
  const seed: Seed = {
    '/usr/bin/busybox': { source: '/usr/bin/busybox' },
    '/bin': { link: 'usr/bin' },
    '/sbin': { link: 'usr/sbin' },
    '/lib': { link: 'usr/lib' },
    '/lib64': { link: 'usr/lib64' },
    '/var/run': { link: '/run' },
  };
  for (const [target, source] of Object.entries(programs)) seed[target] = { source };
  for (const library of librariesOf([...Object.values(programs), ...alsoNeeded]))
    seed[library.replace(/^\/lib/, '/usr/lib')] = { source: library };
  for (const applet of applets()) seed[`/usr/bin/${applet}`] ??= { link: 'busybox' };
  writeSeed(folder, seed);
};

/** `/var/run/balena.sock` has as many letters as `/var/run/docker.sock`, so the built-in default can be changed in place. */
const withBalenaSocket = (program: Buffer): Buffer => {
  const from = Buffer.from('/var/run/docker.sock');
  const to = Buffer.from('/var/run/balena.sock');
  let found = 0;
  for (let at = program.indexOf(from); at >= 0; at = program.indexOf(from, at + to.length)) {
    to.copy(program, at);
    found += 1;
  }
  if (found === 0) throw new Error('/usr/bin/docker does not name its socket: is it a script?');
  return program;
};

/** Shared libraries of the programs, and those that name resolution loads by itself. */
const librariesOf = (programs: string[]): Set<string> => {
  const listing = execFileSync('ldd', programs, { encoding: 'utf8' });
  const found = new Set(listing.match(/\/lib[^\s:]*\.so[^\s:]*/g) ?? []);
  const libc = [...found].find((file) => file.endsWith('/libc.so.6'));
  if (!libc) throw new Error('cannot find libc among the libraries of the programs');
  for (const name of ['libnss_mdns4.so.2', 'libnss_mdns4_minimal.so.2'])
    found.add(path.join(path.dirname(libc), name));
  return found;
};

const applets = (): string[] =>
  execFileSync('busybox', ['--list'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((name) => name !== 'busybox');

/**
 * A BusyBox without some applets (its shell prefers applets to PATH). Each answers to its name with a last letter in upper case,
 * which keeps the table of names in order: `datE` is how to reach the real `date`.
 */
export const busyboxWithout = (applets: string[]): Buffer => {
  const program = fs.readFileSync('/usr/bin/busybox');
  for (const name of applets) {
    const at = program.indexOf(Buffer.from(`\0${name}\0`));
    if (at < 0) throw new Error(`the table of applets in BusyBox has no ${name}`);
    program.write(name.slice(-1).toUpperCase(), at + name.length);
  }
  return program;
};
