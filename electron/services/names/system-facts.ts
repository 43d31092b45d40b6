import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { canonicalAddress } from './addresses.ts';
import type { SystemFacts } from './candidates.ts';

const temporaryFlag = 0x01;

/** Reads the IPv6 privacy addresses out of Linux' `/proc/net/if_inet6` (flag IFA_F_TEMPORARY). */
export const parseTemporary = (text: string): Set<string> => {
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
  const temporary = rows.filter(
    (row) => row.length >= 6 && (parseInt(row[4] ?? '', 16) & temporaryFlag) !== 0,
  );
  return new Set(temporary.map((row) => canonicalAddress((row[0] ?? '').replace(/(.{4})(?=.)/g, '$1:'))));
};

/** Reads `networksetup -listallhardwareports` (macOS) into device name and port name. */
export const parseHardwarePorts = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(/^Hardware Port: (.+)\nDevice: (\S+)$/gm)].map((match) => [
      match[2] ?? '',
      match[1] ?? '',
    ]),
  );

const readTemporary = (): Set<string> | null => {
  try {
    return parseTemporary(readFileSync('/proc/net/if_inet6', 'utf8'));
  } catch {
    return null;
  }
};

/**
 * What this system knows of its interfaces beyond their table. macOS is asked once in the background: until it
 * answers, its ports have general labels.
 */
export const createSystemFacts = (platform: NodeJS.Platform): (() => SystemFacts) => {
  let portNames = new Map<string, string>();
  if (platform === 'darwin') {
    execFile('/usr/sbin/networksetup', ['-listallhardwareports'], { timeout: 5000 }, (error, stdout) => {
      if (!error) portNames = parseHardwarePorts(stdout);
    });
  }
  return () => ({ temporary: platform === 'linux' ? readTemporary() : null, portNames });
};
