import type { Seed } from '../seed.ts';
import { loginLines } from './login.ts';
import type { DeviceOptions } from './options.ts';

export type { DeviceOptions } from './options.ts';

export type Daemon = 'sshd' | 'avahi' | 'engine';

/** What a kind of device looks like. */
export interface Profile {
  port: number;
  user: string;
  /** The root file system is mounted read-only. */
  isReadOnly: boolean;
  /** Folders mounted read-only whatever the root is. */
  readOnly: string[];
  /** Program of the engine's client. */
  client: string;
  /** The engine's daemon, and what it writes to its log once it serves. */
  engine: { program: string; sign: string } | null;
  /** Folders that hold image layers: overlays cannot lie on an overlay. */
  stores: string[];
  /** What a login takes beside the lab's key. */
  hasPassword: boolean;
  /** `/etc/docker` is a mount of its own, which can be filled up or made read-only. */
  hasDockerFolder(options: DeviceOptions): boolean;
  daemons(options: DeviceOptions): Daemon[];
  /** Folder that the device's own files are laid over. */
  base(roots: Roots, options: DeviceOptions): string;
  /** Folders shown empty, and paths that do not exist, on the device. */
  masked(options: DeviceOptions): string[];
  hidden(options: DeviceOptions): string[];
  seed(identity: Identity, options: DeviceOptions): Seed;
}

/** Composed once in a run. */
export interface Roots {
  alpine(): string;
  balena(): string;
  light(): string;
  lightWithPython(): string;
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

/** For `sshdConfig`: root logs in, by key alone. */
export const rootByKey = ['PermitRootLogin prohibit-password', 'PasswordAuthentication no'] as const;

/** The first of two lines on one thing counts. */
export const sshdConfig = (port: number, options: DeviceOptions, ...more: string[]) =>
  text(
    `Port ${port}`,
    'HostKey /run/hostkeys/ed25519',
    'HostKey /run/hostkeys/ecdsa',
    ...loginLines(options),
    'AuthorizedKeysFile /etc/ssh/authorized_keys/%u',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'UseDNS no',
    'PrintMotd no',
    ...more,
  );

export const avahiConfig = (hostName: string, hasBus: boolean, { workstation }: DeviceOptions) =>
  text(
    '[server]',
    `host-name=${hostName}`,
    'allow-interfaces=eth0',
    `enable-dbus=${hasBus ? 'yes' : 'no'}`,
    '[publish]',
    'publish-hinfo=no',
    `publish-workstation=${workstation ? 'yes' : 'no'}`,
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
export const engineCommand = (program: string, socket: string, { engineProxy }: DeviceOptions) =>
  text(
    ...(engineProxy ? [`export HTTP_PROXY=${engineProxy} HTTPS_PROXY=${engineProxy}`] : []),
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
