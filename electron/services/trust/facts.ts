import type { DeviceFacts } from '#shared/model/devices.ts';
import { noteText } from './notes.ts';
import type { Report } from './report.ts';
import { ourFile } from './undo-data.ts';

/** Certificates now in the folders of this registry, as far as the report tells. */
const trustFound = (report: Report, folders: readonly string[], caSha256: string): DeviceFacts['trust'] => {
  const others = report.changes
    .filter(({ what, path, after }) => what === 'file' && !path.endsWith(`/${ourFile}`) && after !== '')
    .map(({ path, after, note }) => ({
      path,
      sha256: after,
      isOurs: false,
      problem: note.includes('without') ? noteText(note, 'keep') : null,
    }));
  if (!report.isVerified) return others;
  const ours = report.stores
    .filter(({ target }) => target === 'certs.d' || target === 'hosts.toml')
    .flatMap((store) => folders.map((folder) => `${store.folder}/${folder}/${ourFile}`));
  return [...ours.map((path) => ({ path, sha256: caSha256, isOurs: true, problem: null })), ...others];
};

/**
 * What a run learned about a device in passing, put over what was known.
 * @returns null when too little was seen
 */
export const factsOf = (
  known: DeviceFacts | null,
  report: Report,
  run: { offsetSeconds: number; folders: readonly string[]; caSha256: string; now: Date },
): DeviceFacts | null => {
  const { system } = report;
  const base: DeviceFacts | null =
    known ??
    (system && {
      readAt: '',
      hostName: system.host,
      os: system.os,
      osVersion: system.version,
      architecture: system.architecture,
      engines: [],
      clockOffsetSeconds: 0,
      freeBytes: (system.freeKib ?? 0) * 1024,
      isWritable: !report.problem,
      trust: [],
      warnings: [],
    });
  if (!base || !report.isDecided || !report.clock) return null;
  const engines = report.found.map(({ engine, folder, user }) => {
    const isIt = (it: { user: string | null }) => it.user === user;
    const before = base.engines.find((it) => it.kind === engine && isIt(it));
    const tried = report.engines.findLast((it) => it.engine === engine && isIt(it));
    return {
      kind: engine,
      user,
      version: before?.version ?? '',
      isRunning: tried?.isRunning ?? before?.isRunning ?? engine === 'podman',
      folder,
    };
  });
  return {
    ...base,
    readAt: run.now.toISOString(),
    engines,
    clockOffsetSeconds: run.offsetSeconds,
    trust: trustFound(report, run.folders, run.caSha256),
  };
};
