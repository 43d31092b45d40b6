import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { ReadCommand } from './commands.ts';

/** A process that listens. */
export interface Holder {
  pid: number;
  program: string;
}

/** What people know a program by, where its process name does not tell. */
const knownPrograms: Record<string, string> = {
  'docker-proxy': 'a Docker container (docker-proxy)',
  'com.docker.backend': 'a Docker container (Docker Desktop)',
  rootlessport: 'a Podman container (rootlessport)',
  conmon: 'a Podman container (conmon)',
  System: 'Windows itself (HTTP.sys)',
};
const airPlay = 'the AirPlay Receiver (System Settings, General, AirDrop & Handoff switches it off)';

/** The holder in words a person can act on. */
export const describeHolder = (holder: Holder, platform: NodeJS.Platform): string => {
  if (platform === 'darwin' && /^ControlCe/.test(holder.program)) return airPlay;
  return knownPrograms[holder.program] ?? `${holder.program} (process ${holder.pid})`;
};

const listening = '0A';

/** Socket inodes that listen on `port`, from `/proc/net/tcp` or `/proc/net/tcp6`. */
export const parseProcTcp = (text: string, port: number): string[] =>
  text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((row) => row[3] === listening && parseInt(row[1]?.split(':')[1] ?? '', 16) === port)
    .flatMap((row) => row[9] ?? []);

/** Reads `lsof -F pc`: a line `p<pid>`, then `c<command>`. */
export const parseLsof = (text: string): Holder | null => {
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  const program = /^c(.+)$/m.exec(text)?.[1];
  return pid === undefined || program === undefined ? null : { pid: Number(pid), program };
};

/**
 * The process that listens on `port` in `netstat -ano`. The state column is in the system's language: a
 * listener is known by having no other end (`0.0.0.0:0`, `[::]:0`).
 */
export const parseNetstat = (text: string, port: number): number | null => {
  const rows = text.split(/\r?\n/).map((line) => line.trim().split(/\s+/));
  const row = rows.find(
    ([protocol, local = '', remote = '']) =>
      protocol === 'TCP' && local.endsWith(`:${port}`) && /^(0\.0\.0\.0|\[::\]):0$/.test(remote),
  );
  return row ? Number(row.at(-1)) : null;
};

/** The image name in `tasklist /FO CSV /NH`, without `.exe`. */
export const parseTasklist = (text: string): string | null =>
  /^"([^"]+)"/m.exec(text)?.[1]?.replace(/\.exe$/i, '') ?? null;

const readText = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

const hasSocket = async (folder: string, sockets: Set<string>): Promise<boolean> => {
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  return targets.some((target) => sockets.has(target));
};

/** Node names its main thread, not itself: then the file it was started from tells more. */
const programOf = async (folder: string): Promise<string> => {
  const name = (await readText(`${folder}/comm`)).trim();
  if (name !== 'MainThread' && name !== '') return name;
  return path.basename(await readlink(`${folder}/exe`).catch(() => 'a program'));
};

/** Other people's processes show their sockets to root alone: then there is no answer. */
const findOnLinux = async (port: number, proc: string): Promise<Holder | null> => {
  const tables = await Promise.all([readText(`${proc}/net/tcp`), readText(`${proc}/net/tcp6`)]);
  const inodes = tables.flatMap((table) => parseProcTcp(table, port));
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (await hasSocket(`${proc}/${pid}/fd`, sockets)) {
      return { pid: Number(pid), program: await programOf(`${proc}/${pid}`) };
    }
  }
  return null;
};

const findOnWindows = async (port: number, read: ReadCommand): Promise<Holder | null> => {
  const pid = parseNetstat((await read('netstat', ['-ano'])) ?? '', port);
  if (pid === null) return null;
  const task = await read('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
  return { pid, program: parseTasklist(task ?? '') ?? 'a program' };
};

const findOnMac = async (port: number, read: ReadCommand): Promise<Holder | null> => {
  const output = await read('/usr/sbin/lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc', '+c0']);
  return parseLsof(output ?? '');
};

/** Who listens on a TCP port of this computer; null when the system does not tell. */
export const findHolder = (
  port: number,
  system: { platform: NodeJS.Platform; read: ReadCommand; proc: string },
): Promise<Holder | null> => {
  if (system.platform === 'win32') return findOnWindows(port, system.read);
  if (system.platform === 'darwin') return findOnMac(port, system.read);
  return findOnLinux(port, system.proc);
};
