/** What an interface is for, judged by its name; `reason` says why a LAN device hardly reaches it. */
export interface InterfaceKind {
  label: string;
  kind: 'lan' | 'vpn' | 'virtual';
  reason: string | null;
}

const vpnReason = 'Devices on the local network usually cannot reach a VPN address';
const containerReason = 'Only containers on this computer reach it';
const machineReason = 'Only virtual machines on this computer reach it';

const vpn = { label: 'VPN', kind: 'vpn', reason: vpnReason } as const;
const lan = (label: string): InterfaceKind => ({ label, kind: 'lan', reason: null });
const containers = (label: string): InterfaceKind => ({ label, kind: 'virtual', reason: containerReason });
const machines = (label: string): InterfaceKind => ({ label, kind: 'virtual', reason: machineReason });

/**
 * First match wins. A bridge with a name of its own is a LAN: it carries the computer's LAN address
 * (`br0`, `bond0.20`). Docker names the bridges it makes `docker0` and `br-` with 12 hex digits.
 */
const rules: { pattern: RegExp; kind: InterfaceKind }[] = [
  {
    pattern: /^(docker\d|docker_gwbridge|br-[0-9a-f]{12}$|vEthernet \(DockerNAT\))/,
    kind: containers('Docker bridge'),
  },
  {
    pattern: /^(podman|cni|cbr|flannel|cali|cilium|kube|nodelocaldns|weave)/,
    kind: containers('Container bridge'),
  },
  { pattern: /^(lxc|lxd|incus)/, kind: containers('LXC bridge') },
  { pattern: /^veth/, kind: containers('Container link') },
  { pattern: /^vEthernet \((WSL|Default Switch|nat|HNS)/i, kind: machines('Windows virtual switch') },
  { pattern: /^(virbr|vnet\d|vmnet|vboxnet|vmenet|bridge1\d\d$)/, kind: machines('Virtual machine') },
  { pattern: /VMware|VirtualBox|Host-Only/i, kind: machines('Virtual machine') },
  {
    pattern: /^(tun|tap|wg|utun|ipsec|ppp|zt|feth|ham|nebula|tailscale|nordlynx|proton|cscotun|gpd)\w*/i,
    kind: vpn,
  },
  { pattern: /\b(VPN|TAP|Tailscale|WireGuard|OpenVPN|ZeroTier|NordLynx|TUN)\b/i, kind: vpn },
  { pattern: /^(wl|wifi|ath)\w*|Wi-?Fi|WLAN|Wireless/i, kind: lan('Wi-Fi') },
  { pattern: /^(ww|rmnet)\w*|Mobil|Cellular/i, kind: lan('Mobile network') },
  { pattern: /^(enx|usb)\w*/, kind: lan('USB Ethernet') },
  { pattern: /^(eth|em|en[ops])\w*|^p\d+p\d+|Ethernet|^Local Area Connection/i, kind: lan('Ethernet') },
  { pattern: /^bridge0$|Thunderbolt/, kind: lan('Thunderbolt') },
  { pattern: /^(br|bridge|bond|team|vlan)/, kind: lan('Network bridge') },
  { pattern: /Bluetooth|^bnep/i, kind: lan('Bluetooth') },
];

const noHardwareAddress = '00:00:00:00:00:00';
/** First three bytes of hardware addresses that name a maker of virtual adapters. */
const makers: Record<string, InterfaceKind> = { '00:ff': vpn, '0a:00:27': machines('Virtual machine') };

/**
 * Says what an interface is.
 * @param mac hardware address; a point-to-point tunnel has none
 * @param portName what the system itself calls the hardware port (macOS: "Wi-Fi", "USB 10/100 LAN")
 */
export const kindOfInterface = (name: string, mac: string, portName?: string): InterfaceKind => {
  const byName = rules.find(({ pattern }) => pattern.test(name))?.kind;
  if (byName && byName.kind !== 'lan') return byName;
  const byMaker = Object.entries(makers).find(([prefix]) => mac.toLowerCase().startsWith(prefix))?.[1];
  if (byMaker) return byMaker;
  if (mac === noHardwareAddress) return vpn;
  if (portName !== undefined) return lan(portName);
  return byName ?? lan('Network');
};
