import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Log } from '#electron/log.ts';
import { inSlices, type Sliced } from '#electron/slices.ts';
import { AppError } from '#shared/errors.ts';
import {
  type FoundInput,
  type FoundResult,
  type importInput,
  type ImportPreview,
  type ImportPreviewPage,
  type ImportProblem,
  type ImportResult,
  type ImportState,
  previewPageRows,
} from '#shared/model/device-import.ts';
import type { CredentialInput } from '#shared/model/devices.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import type { z } from 'zod';
import { addressKey } from '../columns.ts';
import type { Groups } from '../groups.ts';
import type { DeviceDraft, Inventory } from '../inventory.ts';
import { infoOf } from '../stored-login.ts';
import { type Checked, checkDraft } from './check.ts';
import { csvTemplate, writeCsvDevices } from './csv-devices.ts';
import type { Surroundings } from './draft.ts';
import { createMatching, planImport, type Step } from './plan.ts';
import { createPreviews } from './previews.ts';
import { importInSight, type TellStep } from './progress.ts';
import { readText } from './read.ts';

type ImportOrder = z.output<typeof importInput>;

/** Devices from and to texts; nothing here connects to any. */
export interface Imports {
  importPreview(input: ImportOrder, signal?: AbortSignal): Promise<ImportPreview>;
  /** @throws AppError NOT_FOUND for a preview that is kept no longer */
  importPreviewPage(input: { preview: string; offset: number; limit: number }): ImportPreviewPage;
  /**
   * Everything or nothing, also when `signal` or whoever looks ends it. The last state has the result.
   * @throws AppError IMPORT_PROBLEMS unless problems are to be skipped
   */
  import(
    input: ImportOrder & { skipProblems: boolean },
    signal?: AbortSignal,
  ): AsyncGenerator<ImportState, void>;
  addFound(input: FoundInput): Promise<FoundResult>;
  /** @throws AppError NOT_FOUND */
  export(input: { selection: DeviceSelection }): Promise<{ text: string }>;
  csvTemplate(): { text: string };
}

const usualKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

const here = (): Surroundings => ({ home: os.homedir(), user: os.userInfo().username });

export const createImports = (needs: {
  inventory: Inventory;
  groups: Groups;
  log: Log;
  agentSocket: () => string | undefined;
  surroundings?: () => Surroundings;
}): Imports => {
  const { inventory, groups, log, agentSocket, surroundings = here } = needs;

  const previews = createPreviews();

  /** As `ssh` would log in: through the agent, else with the usual key. A group that has a login comes first. */
  const usualLogin = (given: CredentialInput | undefined) => {
    const { home } = surroundings();
    const file = usualKeys.map((name) => path.join(home, '.ssh', name)).find((one) => existsSync(one));
    const key: CredentialInput | undefined =
      file === undefined ? undefined : { kind: 'key', file, pem: '', passphrase: '' };
    const usual = given ?? (agentSocket() ? { kind: 'agent' as const } : key) ?? { kind: 'agent' as const };
    return (group: string): CredentialInput =>
      given === undefined && group !== '' && groups.hasLogin(group) ? { kind: 'group' } : usual;
  };

  /** A key that is not here now may be so later: that is worth a remark, and no reason to refuse. */
  const remarkKeys = function* (steps: readonly Step[]): Sliced<void> {
    const isThere = new Map<string, boolean>();
    for (const { row, change } of steps) {
      yield;
      const file = change.credential?.kind === 'key' ? change.credential.file : '';
      if (file === '' || row.action === 'skip') continue;
      if (!isThere.has(file)) isThere.set(file, existsSync(file));
      const remark = `there is no key file ${file} on this computer`;
      if (isThere.get(file) === false) row.note = row.note === '' ? remark : `${row.note}; ${remark}`;
    }
  };

  const prepare = function* (input: ImportOrder) {
    if (input.login) infoOf(input.login, '');
    const reading = yield* readText(input, surroundings());
    const problems: ImportProblem[] = [...reading.problems];
    const drafts: Checked[] = [];
    for (const draft of reading.drafts) {
      yield;
      const checked = checkDraft(draft);
      if (Array.isArray(checked)) problems.push(...checked);
      else drafts.push(checked);
    }
    if (reading.drafts.length === 0 && problems.length === 0) {
      const next = 'Give a text that names at least one device.';
      problems.push({ line: 1, field: 'text', problem: 'it names no device', next });
    }
    const entries = inventory.entries();
    yield;
    const stored = createMatching(entries);
    const matched = new Set<string>();
    for (const { addressKey, port, name } of drafts) {
      yield;
      const entry = stored.at(addressKey, port) ?? stored.called(name);
      if (entry) matched.add(entry.id);
    }
    const devices = yield* inventory.listed([...matched]);
    const byId = new Map(devices.map((device) => [device.id, device]));
    const plan = yield* planImport(drafts, {
      stored,
      devices: byId,
      secretsOf: (id) => (byId.get(id)?.credential.kind === 'group' ? null : inventory.secrets(id)),
      usualLogin: usualLogin(input.login),
      user: reading.user || 'root',
      acceptNew: input.hostKey === 'accept-new',
    });
    yield* remarkKeys(plan.steps);
    problems.push(...plan.problems);
    problems.sort((a, b) => a.line - b.line);
    return { reading, steps: plan.steps, problems };
  };

  const countOf = (steps: readonly Step[], action: Step['row']['action']): number =>
    steps.filter(({ row }) => row.action === action).length;

  const importAll = async (
    input: ImportOrder & { skipProblems: boolean },
    tell: TellStep,
    signal: AbortSignal,
  ): Promise<ImportResult> => {
    const { format, problems, ...written } = await inventory.apply(function* (batch) {
      const { reading, steps, problems } = yield* prepare(input);
      const [first] = problems;
      if (first && !input.skipProblems) {
        throw new AppError('IMPORT_PROBLEMS', { ...first, next: undefined, count: problems.length });
      }
      for (const [index, { row, id, change }] of steps.entries()) {
        tell('prepare', index, steps.length);
        yield;
        if (row.action === 'add') batch.add(change as DeviceDraft);
        else if (row.action === 'update' && id !== null) batch.change(id, change);
      }
      tell('write', steps.length, steps.length);
      const [added, updated] = [countOf(steps, 'add'), countOf(steps, 'update')];
      const { format } = reading;
      return { format, added, updated, skipped: steps.length - added - updated, problems };
    }, signal);
    const { added, updated } = written;
    log.info('imported', { format, added, updated, problems: problems.length });
    const id = problems.length > previewPageRows ? previews.keep({ rows: [], problems }) : null;
    return { ...written, id, problems: problems.slice(0, previewPageRows), problemCount: problems.length };
  };

  return {
    async importPreview(input, signal) {
      const { reading, steps, problems } = await inSlices(prepare(input), signal);
      const { format, notes } = reading;
      const count = (action: Step['row']['action']) => countOf(steps, action);
      const rows = steps.map(({ row }) => row);
      const id = previews.keep({
        rows: [
          ...rows.filter(({ action }) => action === 'skip'),
          ...rows.filter(({ action }) => action !== 'skip'),
        ],
        problems,
      });
      return {
        ...{ id, format, notes },
        ...previews.page({ preview: id, offset: 0, limit: previewPageRows }),
        counts: {
          ...{ add: count('add'), update: count('update'), same: count('same'), skip: count('skip') },
          problems: problems.length,
        },
      };
    },
    importPreviewPage: previews.page,
    import: (input, signal) => importInSight((tell, ends) => importAll(input, tell, ends), signal),
    async addFound({ devices, hostKey, ...login }) {
      const added = await inventory.apply(function* (batch) {
        const stored = createMatching(inventory.entries());
        const found = devices.filter(({ address, port }) => !stored.at(addressKey(address), port));
        const unique = new Map(found.map((one) => [`${one.address} ${one.port}`, one]));
        for (const device of unique.values()) {
          batch.add({ ...login, ...device, acceptsNewKey: hostKey === 'accept-new' });
          yield;
        }
        return unique.size;
      });
      log.info('added from discovery', { added });
      return { added, skipped: devices.length - added };
    },
    async export({ selection }) {
      const ids = inventory.ids(selection);
      return { text: writeCsvDevices(await inSlices(inventory.listed(ids))) };
    },
    csvTemplate: () => ({ text: csvTemplate() }),
  };
};
