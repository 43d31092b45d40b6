/** What a firewall does with a new TCP connection to a port. */
export type Verdict = 'open' | 'blocked' | 'unknown';

const inRange = (port: number, text: string): boolean => {
  const [first, last = first] = text.split(/[-:]/).map(Number);
  return first !== undefined && last !== undefined && port >= first && port <= last;
};
const inList = (port: number, text: string): boolean =>
  text.split(',').some((part) => inRange(port, part.trim()));

/** Reads `ufw status verbose`; null when it is not active. */
export const parseUfw = (text: string, port: number): Verdict | null => {
  if (!/^Status: active/m.test(text)) return null;
  if (/^Default: allow \(incoming\)/m.test(text)) return 'open';
  const rules = [...text.matchAll(/^(\S+)(?: \(v6\))?\s+(ALLOW|LIMIT|DENY|REJECT)(?: IN)?\s+\S+/gm)];
  const rule = rules.find(([, to = '']) => {
    const [ports = '', protocol = 'tcp'] = to.split('/');
    return to === 'Anywhere' || (protocol === 'tcp' && inList(port, ports));
  });
  return rule?.[2] === 'ALLOW' || rule?.[2] === 'LIMIT' ? 'open' : 'blocked';
};

const dockerRegistryPort = 5000;

/** Reads `firewall-cmd --list-all` of one zone. */
export const parseFirewalld = (text: string, port: number): Verdict => {
  const field = (name: string) => new RegExp(`^\\s*${name}: *(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  if (field('target') === 'ACCEPT') return 'open';
  const ports = field('ports').split(/\s+/);
  if (ports.some((one) => one.endsWith('/tcp') && inRange(port, one.slice(0, -4)))) return 'open';
  const services = field('services').split(/\s+/);
  return services.includes('docker-registry') && port === dockerRegistryPort ? 'open' : 'blocked';
};

const option = (rule: string, name: string): string | undefined =>
  new RegExp(`(?:^|\\s)${name} (\\S+)`).exec(rule)?.[1];

/** Whether a rule speaks about new TCP connections to the port from the LAN; null when it does not. */
const iptablesVerdict = (rule: string, port: number): Verdict | null => {
  const target = option(rule, '-j');
  if (target === undefined || !/^(ACCEPT|DROP|REJECT)$/.test(target)) return null;
  const protocol = option(rule, '-p');
  if (protocol !== undefined && protocol !== 'tcp' && protocol !== 'all') return null;
  if (/(^|\s)-i lo(\s|$)|--(ct)?state (?!\S*NEW)/.test(rule) || /! -/.test(rule)) return null;
  const ports = option(rule, '--dports?');
  if (ports !== undefined && !inList(port, ports)) return null;
  if (target === 'ACCEPT') return 'open';
  const isNarrow = /(^|\s)(-s|-d|-i|--icmp-type|--match-set) /.test(rule);
  return isNarrow ? null : 'blocked';
};

/** Reads `iptables -S INPUT`: the first rule about the port decides, else the policy. */
export const parseIptables = (text: string, port: number): Verdict => {
  const rules = text.split('\n').filter((line) => line.startsWith('-A INPUT '));
  const verdict = rules.map((rule) => iptablesVerdict(rule, port)).find((one) => one !== null);
  return verdict ?? (/^-P INPUT (DROP|REJECT)/m.test(text) ? 'blocked' : 'open');
};

export interface NftChain {
  /** `inet filter input`, as nft's own commands name it. */
  name: string;
  verdict: Verdict;
}

const nftVerdict = (rule: string, port: number): Verdict | null => {
  const action = /(?:^|\s)(accept|drop|reject)\b/.exec(rule)?.[1];
  if (action === undefined || /\b(udp|icmp|icmpv6|ip6-icmp)\b/.test(rule)) return null;
  if (/\biif(name)? "?lo"?/.test(rule) || /\bct state (?!.*\bnew\b)/.test(rule)) return null;
  const ports = /\btcp dport (?:\{([^}]*)\}|(\S+))/.exec(rule);
  if (ports && !inList(port, ports[1] ?? ports[2] ?? '')) return null;
  if (action === 'accept') return ports || !/\b(dport|sport|protocol)\b/.test(rule) ? 'open' : null;
  const isNarrow = /\b(saddr|daddr|iif|iifname|ct state|limit|fib)\b/.test(rule);
  return isNarrow ? null : 'blocked';
};

/** Reads `nft list ruleset`: every chain hooked into input with its verdict. All of them must let a packet in. */
export const parseNft = (text: string, port: number): NftChain[] => {
  const chains: NftChain[] = [];
  for (const table of text.matchAll(/^table (\S+ \S+) \{\n([\s\S]*?)^\}/gm)) {
    for (const chain of (table[2] ?? '').matchAll(/^\tchain (\S+) \{\n([\s\S]*?)^\t\}/gm)) {
      const lines = (chain[2] ?? '').split('\n').map((line) => line.trim());
      const head = lines.find((line) => /\bhook input\b/.test(line) && line.startsWith('type filter'));
      if (head === undefined) continue;
      const rules = lines.filter((line) => line !== head);
      const verdict = rules.map((rule) => nftVerdict(rule, port)).find((one) => one !== null);
      const policy = /policy drop/.test(head) ? 'blocked' : 'open';
      chains.push({ name: `${table[1]} ${chain[1]}`, verdict: verdict ?? policy });
    }
  }
  return chains;
};

/** Reads macOS `socketfilterfw --getglobalstate` and `--listapps`; null when it is off. */
export const parseSocketFilter = (state: string, apps: string, program: string): Verdict | null => {
  const level = Number(/State = (\d)/.exec(state)?.[1] ?? 0);
  if (level === 0) return null;
  if (level === 2) return 'blocked';
  const lines = apps.split('\n').map((line) => line.trim());
  const at = lines.findIndex((line) => line.replace(/^\d+\s*:\s*/, '') === program);
  return at >= 0 && /Allow incoming/i.test(lines[at + 1] ?? '') ? 'open' : 'blocked';
};

/**
 * Reads the Windows firewall out of the registry, which has no language: the profile switches (`reg query
 * ...\FirewallPolicy /s /v EnableFirewall`) and the rules (`...\FirewallRules`). Null when it is off.
 */
export const parseWindowsFirewall = (
  profiles: string,
  rules: string,
  port: number,
  program: string,
): Verdict | null => {
  if (!/EnableFirewall\s+REG_DWORD\s+0x1\b/.test(profiles)) return null;
  const inbound = rules
    .split(/\r?\n/)
    .flatMap((line) => /REG_SZ\s+(v[\d.]+\|.*)$/.exec(line)?.[1] ?? [])
    .map((rule) => new Map(rule.split('|').map((part) => part.split('=', 2) as [string, string])))
    .filter((rule) => rule.get('Active') === 'TRUE' && rule.get('Dir') === 'In')
    .filter((rule) => [undefined, '6'].includes(rule.get('Protocol')))
    .filter((rule) => rule.get('LPort') === undefined || inList(port, rule.get('LPort') ?? ''))
    .filter(
      (rule) =>
        rule.get('App')?.toLowerCase() === program.toLowerCase() ||
        (rule.get('App') === undefined && rule.get('Svc') === undefined && rule.get('LPort') !== undefined),
    );
  if (inbound.some((rule) => rule.get('Action') === 'Block')) return 'blocked';
  return inbound.some((rule) => rule.get('Action') === 'Allow') ? 'open' : 'blocked';
};
