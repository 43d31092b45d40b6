import type { Seed } from '../seed.ts';

/** What a kind of device looks like. */
export interface Profile {
  port: number;
  user: string;
  /** The root file system is mounted read-only. */
  isReadOnly: boolean;
  /** Program of the engine's client and its socket. */
  client: string;
  socket: string;
  /** Log in by the lab's key, by a password, or both. */
  hasPassword: boolean;
  /** Folder that the device's own files are laid over. */
  base(context: { minimalRoot(): string }): string;
  /** Folders shown empty, and paths that do not exist, on the device. */
  masked(options: DeviceOptions): string[];
  hidden(options: DeviceOptions): string[];
  seed(identity: Identity, options: DeviceOptions): Seed;
}

export interface Identity {
  hostName: string;
  address: string;
  authorizedKey: string;
  /** Folder with the private host keys `ed25519` and `ecdsa`. */
  hostKeyFolder: string;
  password: string;
  /** Crypt form of the password. */
  passwordHash: string;
}

export interface DeviceOptions {
  /** False: no container engine is installed. */
  engine?: boolean;
  /** `full`: no space left; `read-only`: as it says. */
  dockerFolder?: 'writable' | 'full' | 'read-only';
  /** What `date` on the device is off by; only `date`, not the clock of its daemons. */
  clockOffsetSeconds?: number;
  /** Replaces `admin ALL=(ALL:ALL) ALL` (profile debian). */
  sudoers?: string;
}

export const text = (...lines: string[]) => ({ text: `${lines.join('\n')}\n` });

/** What every device has, whatever its system. */
export const commonSeed = (user: string, identity: Identity): Seed => ({
  '/etc/hostname': text(identity.hostName),
  '/etc/hosts': text('127.0.0.1 localhost', '::1 localhost', `127.0.1.1 ${identity.hostName}`),
  '/etc/resolv.conf': text('# this network has no DNS server'),
  '/etc/ssh/hostkeys/ed25519': { source: `${identity.hostKeyFolder}/ed25519`, mode: 0o600 },
  '/etc/ssh/hostkeys/ecdsa': { source: `${identity.hostKeyFolder}/ecdsa`, mode: 0o600 },
  [`/etc/ssh/authorized_keys/${user}`]: text(identity.authorizedKey),
  '/usr/libexec/lab/boot': { source: new URL('../boot.sh', import.meta.url).pathname },
});

export const sshdConfig = (port: number, ...more: string[]) =>
  text(
    `Port ${port}`,
    'HostKey /run/hostkeys/ed25519',
    'HostKey /run/hostkeys/ecdsa',
    'AuthorizedKeysFile /etc/ssh/authorized_keys/%u',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'UseDNS no',
    'PrintMotd no',
    ...more,
  );

export const avahiConfig = (hostName: string, hasBus: boolean) =>
  text(
    '[server]',
    `host-name=${hostName}`,
    'allow-interfaces=eth0',
    `enable-dbus=${hasBus ? 'yes' : 'no'}`,
    '[publish]',
    'publish-hinfo=no',
    'publish-workstation=no',
  );

export const avahiService = (name: string, port: number, subtype = '') =>
  text(
    '<?xml version="1.0" standalone="no"?>',
    '<!DOCTYPE service-group SYSTEM "avahi-service.dtd">',
    '<service-group>',
    `  <name>${name}</name>`,
    '  <service>',
    '    <type>_ssh._tcp</type>',
    ...(subtype ? [`    <subtype>${subtype}</subtype>`] : []),
    `    <port>${port}</port>`,
    '  </service>',
    '</service-group>',
  );

/** The engine's command line. Pulling needs neither bridge nor firewall rules. */
export const engineCommand = (program: string, socket: string) =>
  text(
    `exec ${program} -H unix://${socket} --data-root /var/lib/docker --exec-root /run/engine \\`,
    '    --pidfile /run/engine.pid --storage-driver overlay2 \\',
    '    --bridge none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false',
  );

/** Shows a time of its own: everything else asks the kernel, whose clock all devices share. */
export const shiftedDate = (realDate: string, offsetSeconds: number) => ({
  ...text(
    '#!/bin/sh',
    '# The lab shows another time here.',
    `exec ${realDate} -d "@$(($(${realDate} +%s) + ${offsetSeconds}))" "$@"`,
  ),
  mode: 0o755,
});
