import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** A real sshd on loopback that sees an /etc of its own: users, passwords and sudoers are made for the test. */
export interface Sshd {
  port: number;
  folder: string;
  /** Private key that root and the user accept. */
  keyFile: string;
  /** Runs a shell command as root inside the device. */
  inside(command: string): string;
  /** Files of the device, below `folder`. */
  write(name: string, text: string, mode?: number): Promise<void>;
  stop(): Promise<void>;
}

export const userName = 'tester';
export const userPassword = 'right horse';

export interface SshdOptions {
  /** Lines of sudoers; the user is `tester`. */
  sudoers?: string;
  /** Lines of sshd_config that come before the usual ones. */
  config?: string;
  hostKeyTypes?: string[];
  /** What `sh` is on the device. */
  shell?: string;
  loginShell?: string;
}

const keygen = (file: string, ...args: string[]) =>
  execFileSync('ssh-keygen', ['-q', '-N', '', '-f', file, ...args], { stdio: 'pipe' });

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

const usualConfig = (folder: string, port: number) => `
Port ${port}
ListenAddress 127.0.0.1
PidFile none
AuthorizedKeysFile ${folder}/authorized_keys
StrictModes no
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM no
MaxStartups 100
`;

const etc = async (folder: string, options: SshdOptions): Promise<Record<string, string>> => {
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: `${userPassword}\n` })
    .toString()
    .trim();
  const others = async (file: string, text: (line: string) => boolean) =>
    (await fs.readFile(file, 'utf8'))
      .split('\n')
      .filter((line) => line !== '' && text(line))
      .join('\n');
  const isOther = (line: string) => !/^(root|tester):/.test(line);
  const shell = options.loginShell ?? '/bin/bash';
  return {
    '/etc/passwd': `root:x:0:0:root:${folder}/root:${shell}\n${await others('/etc/passwd', isOther)}
${userName}:x:4242:4242::${folder}/home:${shell}\n`,
    '/etc/shadow': `root:${hash}:19000:0:99999:7:::\n${await others('/etc/shadow', isOther)}
${userName}:${hash}:19000:0:99999:7:::\n`,
    '/etc/group': `${await others('/etc/group', () => true)}\n${userName}:x:4242:\n`,
    '/etc/sudoers': `Defaults !fqdn\nroot ALL=(ALL) ALL\n${options.sudoers ?? ''}\n`,
  };
};

const launcher = (folder: string, files: readonly string[], shell: string | undefined): string =>
  [
    'set -e',
    'mount --make-rprivate /',
    // Fresh folders: who may use sudo without asking is remembered under /run/sudo.
    'mount -t tmpfs none /run',
    'mkdir -m 755 /run/sshd',
    ...files.map((file) => `mount --bind '${folder}/etc/${path.basename(file)}' '${file}'`),
    ...(shell === undefined
      ? []
      : [`mount --bind "$(readlink -f "$(command -v ${shell})")" "$(readlink -f /bin/sh)"`]),
    `exec /usr/sbin/sshd -D -e -f '${folder}/sshd_config' 2>>'${folder}/sshd.log'`,
  ].join('\n');

/** Starts a device. Needs root and Linux. */
export const startSshd = async (options: SshdOptions = {}): Promise<Sshd> => {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-sshd-'));
  await fs.chmod(folder, 0o755);
  const port = await freePort();
  for (const name of ['etc', 'root', 'home']) await fs.mkdir(path.join(folder, name));
  await fs.chown(path.join(folder, 'home'), 4242, 4242);
  const keyFile = path.join(folder, 'login');
  keygen(keyFile, '-t', 'ed25519');
  await fs.copyFile(`${keyFile}.pub`, path.join(folder, 'authorized_keys'));
  const types = options.hostKeyTypes ?? ['ed25519', 'ecdsa', 'rsa'];
  for (const type of types) keygen(path.join(folder, `host_${type}`), '-t', type);
  const hostKeys = types.map((type) => `HostKey ${folder}/host_${type}`).join('\n');
  await fs.writeFile(
    path.join(folder, 'sshd_config'),
    `${options.config ?? ''}\n${hostKeys}\n${usualConfig(folder, port)}`,
  );
  const files = await etc(folder, options);
  for (const [file, text] of Object.entries(files)) {
    const mode = file === '/etc/shadow' ? 0o600 : file === '/etc/sudoers' ? 0o440 : 0o644;
    await fs.writeFile(path.join(folder, 'etc', path.basename(file)), text, { mode });
  }
  const script = launcher(folder, Object.keys(files), options.shell);
  // It ends with this process, however suddenly that ends.
  const tied = ['--pdeathsig', 'TERM', 'unshare', '-m', 'sh', '-c', script];
  const daemon: ChildProcess = spawn('setpriv', tied, { stdio: 'inherit' });
  const ended = new Promise<void>((resolve) => daemon.once('exit', () => resolve()));

  const stop = async () => {
    daemon.kill('SIGTERM');
    await ended;
    await fs.rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + 20_000;
  while (!(await isListening(port))) {
    if (daemon.exitCode !== null || Date.now() > deadline) {
      const log = await fs.readFile(path.join(folder, 'sshd.log'), 'utf8').catch(() => '');
      await stop();
      throw new Error(`sshd did not start: ${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    port,
    folder,
    keyFile,
    stop,
    inside: (command) =>
      execFileSync('nsenter', ['-m', '-t', String(daemon.pid), 'sh', '-c', command]).toString(),
    async write(name, text, mode = 0o644) {
      await fs.writeFile(path.join(folder, name), text, { mode });
    },
  };
};
