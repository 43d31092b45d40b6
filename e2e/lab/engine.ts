import fs from 'node:fs';
import type { Machine } from './machine.ts';

const link = (file: string): string | null => {
  try {
    return fs.readlinkSync(file);
  } catch {
    return null;
  }
};

/** Number, on this computer, of the dockerd that lives in the machine. */
export const findEngine = (machine: Machine): number | null => {
  const home = link(`/proc/${machine.pid}/ns/pid`);
  if (!home) return null;
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || link(`/proc/${entry}/ns/pid`) !== home) continue;
    if (/\/(dockerd|balenad)$/.test(link(`/proc/${entry}/exe`) ?? '')) return Number(entry);
  }
  return null;
};
