import fs from 'node:fs';
import type { Machine } from './machine.ts';

const link = (file: string): string | null => {
  try {
    return fs.readlinkSync(file);
  } catch {
    return null;
  }
};

/** Number, on this computer, of the engine's daemon that lives in the machine. */
export const findEngine = (machine: Machine, program: string): number | null => {
  const home = link(`/proc/${machine.pid}/ns/pid`);
  if (!home) return null;
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || link(`/proc/${entry}/ns/pid`) !== home) continue;
    if (link(`/proc/${entry}/exe`)?.endsWith(`/${program}`)) return Number(entry);
  }
  return null;
};
