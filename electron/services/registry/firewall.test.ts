import { describe, expect, test } from 'vitest';
import { findFirewall } from './firewall.ts';
import {
  parseFirewalld,
  parseIptables,
  parseNft,
  parseSocketFilter,
  parseUfw,
  parseWindowsFirewall,
} from './firewall-rules.ts';

const ufw = (rules: string, incoming = 'deny') => `Status: active
Logging: on (low)
Default: ${incoming} (incoming), allow (outgoing), disabled (routed)
New profiles: skip

To                         Action      From
--                         ------      ----
${rules}
`;

describe('ufw', () => {
  test('inactive is no firewall', () => expect(parseUfw('Status: inactive\n', 5000)).toBeNull());
  test.each([
    ['22/tcp                     ALLOW IN    Anywhere', 'blocked'],
    ['5000/tcp                   ALLOW IN    Anywhere', 'open'],
    ['5000                       ALLOW IN    192.168.1.0/24', 'open'],
    ['5000/udp                   ALLOW IN    Anywhere', 'blocked'],
    ['4999:5001/tcp              ALLOW IN    Anywhere', 'open'],
    ['80,443,5000/tcp            ALLOW IN    Anywhere', 'open'],
    ['Anywhere                   ALLOW IN    192.168.1.0/24', 'open'],
    [
      '5000/tcp                   DENY IN     Anywhere\n5000/tcp                   ALLOW IN    Anywhere',
      'blocked',
    ],
    ['5000/tcp (v6)              ALLOW IN    Anywhere (v6)', 'open'],
  ])('%s: %s', (rules, verdict) => expect(parseUfw(ufw(rules), 5000)).toBe(verdict));
  test('a default of allow is open', () => expect(parseUfw(ufw('', 'allow'), 5000)).toBe('open'));
});

describe('firewalld', () => {
  const zone = (more: Partial<Record<'target' | 'services' | 'ports', string>>) => `public (active)
  target: ${more.target ?? 'default'}
  icmp-block-inversion: no
  interfaces: eth0
  sources: 
  services: ${more.services ?? 'dhcpv6-client ssh'}
  ports: ${more.ports ?? ''}
  protocols: 
`;
  test('opens by port, range, service and target', () => {
    expect(parseFirewalld(zone({}), 5000)).toBe('blocked');
    expect(parseFirewalld(zone({ ports: '5000/tcp' }), 5000)).toBe('open');
    expect(parseFirewalld(zone({ ports: '5000/udp' }), 5000)).toBe('blocked');
    expect(parseFirewalld(zone({ ports: '1025-65535/udp 1025-65535/tcp' }), 5443)).toBe('open');
    expect(parseFirewalld(zone({ services: 'ssh docker-registry' }), 5000)).toBe('open');
    expect(parseFirewalld(zone({ services: 'ssh docker-registry' }), 5443)).toBe('blocked');
    expect(parseFirewalld(zone({ target: 'ACCEPT' }), 5000)).toBe('open');
  });
});

describe('iptables', () => {
  test.each([
    ['-P INPUT ACCEPT', 'open'],
    ['-P INPUT DROP', 'blocked'],
    ['-P INPUT DROP\n-A INPUT -p tcp -m tcp --dport 5000 -j ACCEPT', 'open'],
    ['-P INPUT DROP\n-A INPUT -p tcp -m multiport --dports 80,5000 -j ACCEPT', 'open'],
    [
      '-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT',
      'blocked',
    ],
    ['-P INPUT DROP\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', 'blocked'],
    ['-P INPUT DROP\n-A INPUT -s 192.168.1.0/24 -j ACCEPT', 'open'],
    [
      '-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-host-prohibited',
      'blocked',
    ],
    ['-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 5000 -j DROP', 'blocked'],
    ['-P INPUT ACCEPT\n-A INPUT -d 10.0.0.1/32 -p tcp -m tcp --dport 5000 -j DROP', 'open'],
    ['-P INPUT ACCEPT\n-A INPUT -s 203.0.113.9/32 -j DROP', 'open'],
    ['-P INPUT ACCEPT\n-A INPUT -p udp -m udp --dport 5000 -j DROP\n-A INPUT -p icmp -j DROP', 'open'],
  ])('%s: %s', (rules, verdict) => expect(parseIptables(`${rules}\n`, 5000)).toBe(verdict));
});

describe('nftables', () => {
  const chain = (policy: string, ...rules: string[]) => `table inet filter {
\tset allowed {
\t\ttype inet_service
\t}

\tchain input {
\t\ttype filter hook input priority filter; policy ${policy};
${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}

\tchain forward {
\t\ttype filter hook forward priority filter; policy drop;
\t}
}
`;
  const verdict = (...args: Parameters<typeof chain>) => parseNft(chain(...args), 5000)[0]?.verdict;

  test('the chain hooked into input, by the name nft wants', () => {
    expect(parseNft(chain('drop'), 5000)).toEqual([{ name: 'inet filter input', verdict: 'blocked' }]);
    expect(parseNft('', 5000)).toEqual([]);
  });
  test('the first rule about the port decides, else the policy', () => {
    const usual = ['ct state established,related accept', 'iif "lo" accept', 'ip protocol icmp accept'];
    expect(verdict('drop', ...usual)).toBe('blocked');
    expect(verdict('drop', ...usual, 'tcp dport 22 accept')).toBe('blocked');
    expect(verdict('drop', ...usual, 'tcp dport { 22, 5000 } accept')).toBe('open');
    expect(verdict('drop', ...usual, 'tcp dport 4000-6000 counter packets 0 bytes 0 accept')).toBe('open');
    expect(verdict('drop', 'ip saddr 192.168.0.0/16 accept')).toBe('open');
    expect(verdict('accept', 'tcp dport 5000 drop')).toBe('blocked');
    expect(verdict('accept', 'udp dport 5000 drop', 'ct state invalid drop')).toBe('open');
    expect(verdict('accept', 'reject with icmpx admin-prohibited')).toBe('blocked');
  });
});

describe('macOS', () => {
  const on = 'Firewall is enabled. (State = 1)\n';
  const apps = `Total number of apps = 2
1 : /Applications/Mooring.app/Contents/MacOS/Mooring
             (Allow incoming connections)
2 : /usr/local/bin/node
             (Block incoming connections)
`;
  test('decides by program', () => {
    expect(parseSocketFilter('Firewall is disabled. (State = 0)\n', apps, 'x')).toBeNull();
    expect(parseSocketFilter(on, apps, '/Applications/Mooring.app/Contents/MacOS/Mooring')).toBe('open');
    expect(parseSocketFilter(on, apps, '/usr/local/bin/node')).toBe('blocked');
    expect(parseSocketFilter(on, apps, '/opt/other')).toBe('blocked');
    expect(parseSocketFilter('Firewall is enabled. (State = 2)', apps, 'x')).toBe('blocked');
  });
});

describe('Windows', () => {
  const on = '    EnableFirewall    REG_DWORD    0x1\r\n';
  const program = 'C:\\Program Files\\Mooring\\Mooring.exe';
  const rule = (text: string) => `    {A1}    REG_SZ    v2.31|${text}|Name=x|\r\n`;
  const verdict = (...rules: string[]) => parseWindowsFirewall(on, rules.map(rule).join(''), 5000, program);

  test('decides by port and by program', () => {
    expect(parseWindowsFirewall('    EnableFirewall    REG_DWORD    0x0', '', 5000, program)).toBeNull();
    expect(verdict()).toBe('blocked');
    expect(verdict('Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=5000')).toBe('open');
    expect(verdict('Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=5000')).toBe('blocked');
    expect(verdict('Action=Allow|Active=TRUE|Dir=Out|Protocol=6|LPort=5000')).toBe('blocked');
    expect(verdict('Action=Allow|Active=TRUE|Dir=In|Protocol=17|LPort=5000')).toBe('blocked');
    expect(verdict(`Action=Allow|Active=TRUE|Dir=In|Protocol=6|App=${program.toUpperCase()}`)).toBe('open');
    expect(verdict('Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=5000|App=C:\\other.exe')).toBe(
      'blocked',
    );
    expect(
      verdict(
        'Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=5000',
        `Action=Block|Active=TRUE|Dir=In|Protocol=6|App=${program}`,
      ),
    ).toBe('blocked');
  });
});

describe('which firewall has the say, and its remedy', () => {
  const ask = (
    platform: NodeJS.Platform,
    answers: Record<string, string>,
    files: Record<string, string> = {},
  ) =>
    findFirewall({
      port: 5000,
      platform,
      program: "/opt/it's/mooring",
      read: async (file, args) => answers[`${file} ${args[0]}`] ?? null,
      readText: async (file) => files[file] ?? null,
    });
  const dropAll = { 'iptables -S': '-P INPUT DROP\n' };

  test('front ends come before the rules they write', async () => {
    expect(await ask('linux', { ...dropAll, 'ufw status': ufw('') })).toEqual({
      name: 'ufw',
      verdict: 'blocked',
      remedy: 'sudo ufw allow 5000/tcp',
    });
    const firewalld = { 'firewall-cmd --state': 'running\n', 'firewall-cmd --list-all': '  ports: 22/tcp\n' };
    expect(await ask('linux', { ...dropAll, ...firewalld })).toEqual({
      name: 'firewalld',
      verdict: 'blocked',
      remedy: 'sudo firewall-cmd --permanent --add-port=5000/tcp && sudo firewall-cmd --reload',
    });
  });
  test('bare rules', async () => {
    expect(await ask('linux', dropAll)).toMatchObject({
      name: 'iptables',
      remedy: 'sudo iptables -I INPUT -p tcp --dport 5000 -j ACCEPT',
    });
    const nft = 'table inet f {\n\tchain in {\n\t\ttype filter hook input priority 0; policy drop;\n\t}\n}\n';
    expect(await ask('linux', { 'nft list': nft })).toMatchObject({
      name: 'nftables',
      remedy: 'sudo nft insert rule inet f in tcp dport 5000 accept',
    });
    expect(await ask('linux', { 'nft list': nft, ...dropAll })).toMatchObject({ name: 'iptables' });
    expect(await ask('linux', {})).toBeNull();
    expect(
      await ask('linux', { 'iptables -S': '-P INPUT ACCEPT\n', 'ufw status': 'Status: inactive' }),
    ).toBeNull();
  });
  test('a firewall that only root may read is named, its verdict unknown', async () => {
    const files = { '/etc/ufw/ufw.conf': '# x\nENABLED=yes\n' };
    expect(await ask('linux', {}, files)).toMatchObject({ name: 'ufw', verdict: 'unknown' });
  });
  test('macOS quotes the program; Windows opens the port', async () => {
    const mac = await ask('darwin', {
      '/usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate': '(State = 1)',
    });
    expect(mac?.remedy).toContain(`--unblockapp '/opt/it'\\''s/mooring'`);
    const windows = await ask('win32', { 'reg query': 'EnableFirewall    REG_DWORD    0x1' });
    expect(windows?.remedy).toBe(
      'netsh advfirewall firewall add rule name="Mooring registry" dir=in action=allow protocol=TCP localport=5000',
    );
  });
});
