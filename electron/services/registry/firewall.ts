import { readFile } from 'node:fs/promises';
import type { ReadCommand } from './commands.ts';
import {
  parseFirewalld,
  parseIptables,
  parseNft,
  parseSocketFilter,
  parseUfw,
  parseWindowsFirewall,
} from './firewall-rules.ts';
import type { Verdict } from './firewall-rules.ts';

/** The firewall in force, what it does with the port, and the command that opens it. */
export interface FirewallState {
  name: string;
  verdict: Verdict;
  remedy: string;
}

export interface FirewallQuestion {
  port: number;
  platform: NodeJS.Platform;
  read: ReadCommand;
  /** Path of the program that listens: macOS and Windows decide by program. */
  program: string;
  /** Reads a file of this system; null when it cannot be read. */
  readText: (file: string) => Promise<string | null>;
}

const findUfw = async ({ port, read, readText }: FirewallQuestion): Promise<FirewallState | null> => {
  const remedy = `sudo ufw allow ${port}/tcp`;
  const status = await read('ufw', ['status', 'verbose']);
  const verdict = status === null ? null : parseUfw(status, port);
  if (status !== null) return verdict && { name: 'ufw', verdict, remedy };
  const config = await readText('/etc/ufw/ufw.conf');
  return /^ENABLED=yes/m.test(config ?? '') ? { name: 'ufw', verdict: 'unknown', remedy } : null;
};

const findFirewalld = async ({ port, read }: FirewallQuestion): Promise<FirewallState | null> => {
  const state = await read('firewall-cmd', ['--state']);
  if (state?.trim() !== 'running') return null;
  const zone = await read('firewall-cmd', ['--list-all']);
  return {
    name: 'firewalld',
    verdict: zone === null ? 'unknown' : parseFirewalld(zone, port),
    remedy: `sudo firewall-cmd --permanent --add-port=${port}/tcp && sudo firewall-cmd --reload`,
  };
};

const findNft = async ({ port, read }: FirewallQuestion): Promise<FirewallState | null> => {
  const ruleset = await read('nft', ['list', 'ruleset']);
  const chain = parseNft(ruleset ?? '', port).find(({ verdict }) => verdict === 'blocked');
  if (!chain) return null;
  return {
    name: 'nftables',
    verdict: chain.verdict,
    remedy: `sudo nft insert rule ${chain.name} tcp dport ${port} accept`,
  };
};

const findIptables = async ({ port, read }: FirewallQuestion): Promise<FirewallState | null> => {
  const rules = await read('iptables', ['-S', 'INPUT']);
  if (rules === null || parseIptables(rules, port) !== 'blocked') return null;
  const remedy = `sudo iptables -I INPUT -p tcp --dport ${port} -j ACCEPT`;
  return { name: 'iptables', verdict: 'blocked', remedy };
};

const socketFilter = '/usr/libexec/ApplicationFirewall/socketfilterfw';

const findOnMac = async ({ read, program }: FirewallQuestion): Promise<FirewallState | null> => {
  const state = await read(socketFilter, ['--getglobalstate']);
  const apps = await read(socketFilter, ['--listapps']);
  const verdict = parseSocketFilter(state ?? '', apps ?? '', program);
  const quoted = `'${program.replaceAll("'", `'\\''`)}'`;
  const remedy = `sudo ${socketFilter} --add ${quoted} && sudo ${socketFilter} --unblockapp ${quoted}`;
  return verdict && { name: 'macOS firewall', verdict, remedy };
};

const policyKey = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy`;

const findOnWindows = async ({ port, read, program }: FirewallQuestion): Promise<FirewallState | null> => {
  const profiles = await read('reg', ['query', policyKey, '/s', '/v', 'EnableFirewall']);
  const rules = await read('reg', ['query', `${policyKey}\\FirewallRules`]);
  const verdict = parseWindowsFirewall(profiles ?? '', rules ?? '', port, program);
  const remedy = `netsh advfirewall firewall add rule name="Mooring registry" dir=in action=allow protocol=TCP localport=${port}`;
  return verdict && { name: 'Windows Defender Firewall', verdict, remedy };
};

/** Front ends first: a rule beside them is lost when they write their own again. nft shows what iptables made too. */
const onLinux = [findUfw, findFirewalld, findIptables, findNft];

/** The firewall of this computer that has a say about the port; null when none was found. Only reads. */
export const findFirewall = async (question: FirewallQuestion): Promise<FirewallState | null> => {
  if (question.platform === 'darwin') return findOnMac(question);
  if (question.platform === 'win32') return findOnWindows(question);
  for (const find of onLinux) {
    const state = await find(question);
    if (state) return state;
  }
  return null;
};

export const readSystemText = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').catch(() => null);
