import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Log } from '#electron/log.ts';
import { AppError } from '#shared/errors.ts';
import type {
  FoundInput,
  importInput,
  ImportPreview,
  ImportProblem,
  ImportResult,
} from '#shared/model/device-import.ts';
import type { CredentialInput } from '#shared/model/devices.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import type { z } from 'zod';
import type { Groups } from '../groups.ts';
import type { DeviceDraft, Inventory } from '../inventory.ts';
import { infoOf } from '../stored-login.ts';
import { type Checked, checkDraft } from './check.ts';
import { csvTemplate, writeCsvDevices } from './csv-devices.ts';
import type { Surroundings } from './draft.ts';
import { createMatching, planImport, type Step } from './plan.ts';
import { readText } from './read.ts';

type ImportOrder = z.output<typeof importInput>;

/** Devices from and to texts; nothing here connects to any. */
export interface Imports {
  importPreview(input: ImportOrder): ImportPreview;
  /** Everything or nothing. @throws AppError IMPORT_PROBLEMS unless problems are to be skipped */
  import(input: ImportOrder & { skipProblems: boolean }): ImportResult;
  addFound(input: FoundInput): ImportResult;
  /** @throws AppError NOT_FOUND */
  export(input: { selection: DeviceSelection }): { text: string };
  csvTemplate(): { text: string };
}

const usualKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

const here = (): Surroundings => ({ home: os.homedir(), user: os.userInfo().username });

export const createImports = (needs: {
  inventory: Inventory;
  groups: Groups;
  log: Log;
  agentSocket: () => string | undefined;
  asOne: <T>(work: () => T) => T;
  surroundings?: () => Surroundings;
}): Imports => {
  const { inventory, groups, log, agentSocket, asOne, surroundings = here } = needs;

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
  const remarkKeys = (steps: readonly Step[]): void => {
    const isThere = new Map<string, boolean>();
    for (const { row, change } of steps) {
      const file = change.credential?.kind === 'key' ? change.credential.file : '';
      if (file === '' || row.action === 'skip') continue;
      if (!isThere.has(file)) isThere.set(file, existsSync(file));
      const remark = `there is no key file ${file} on this computer`;
      if (isThere.get(file) === false) row.note = row.note === '' ? remark : `${row.note}; ${remark}`;
    }
  };

  const prepare = (input: ImportOrder) => {
    if (input.login) infoOf(input.login, '');
    const reading = readText(input, surroundings());
    const problems: ImportProblem[] = [...reading.problems];
    const drafts: Checked[] = [];
    for (const draft of reading.drafts) {
      const checked = checkDraft(draft);
      if (Array.isArray(checked)) problems.push(...checked);
      else drafts.push(checked);
    }
    if (reading.drafts.length === 0 && problems.length === 0) {
      const next = 'Give a text that names at least one device.';
      problems.push({ line: 1, field: 'text', problem: 'it names no device', next });
    }
    const entries = inventory.entries();
    const stored = createMatching(entries);
    const matched = drafts.flatMap(
      ({ address, port, name }) => stored.at(address, port) ?? stored.called(name) ?? [],
    );
    const ids = [...new Set(matched.map(({ id }) => id))];
    const devices = ids.length === 0 ? [] : inventory.select({ devices: ids });
    const byId = new Map(devices.map((device) => [device.id, device]));
    const plan = planImport(drafts, {
      entries,
      devices: byId,
      secretsOf: (id) => (byId.get(id)?.credential.kind === 'group' ? null : inventory.secrets(id)),
      acceptsNewKey: inventory.acceptsNewKey,
      usualLogin: usualLogin(input.login),
      user: reading.user || 'root',
      acceptNew: input.hostKey === 'accept-new',
    });
    remarkKeys(plan.steps);
    problems.push(...plan.problems);
    problems.sort((a, b) => a.line - b.line);
    return { reading, steps: plan.steps, problems };
  };

  const add = (change: Partial<DeviceDraft>): void => {
    const draft = change as DeviceDraft;
    inventory.insert({ ...draft, name: inventory.freeName(draft.name || draft.address) });
  };

  const countOf = (steps: readonly Step[], action: Step['row']['action']): number =>
    steps.filter(({ row }) => row.action === action).length;

  return {
    importPreview(input) {
      const { reading, steps, problems } = prepare(input);
      const { format, notes } = reading;
      const count = (action: Step['row']['action']) => countOf(steps, action);
      return {
        ...{ format, notes, problems },
        rows: steps.map(({ row }) => row),
        counts: {
          ...{ add: count('add'), update: count('update'), same: count('same'), skip: count('skip') },
          problems: problems.length,
        },
      };
    },
    import(input) {
      const { reading, steps, problems } = prepare(input);
      const [first] = problems;
      if (first && !input.skipProblems) {
        throw new AppError('IMPORT_PROBLEMS', { ...first, next: undefined, count: problems.length });
      }
      asOne(() => {
        for (const { row, id, change } of steps) {
          if (row.action === 'add') add(change);
          else if (row.action === 'update' && id !== null) inventory.update(id, change);
        }
      });
      const [added, updated] = [countOf(steps, 'add'), countOf(steps, 'update')];
      log.info('imported', { format: reading.format, added, updated, problems: problems.length });
      return { added, updated, skipped: steps.length - added - updated, problems };
    },
    addFound({ devices, hostKey, ...login }) {
      const stored = createMatching(inventory.entries());
      const found = devices.filter(({ address, port }) => stored.at(address, port) === undefined);
      const unique = [...new Map(found.map((one) => [`${one.address} ${one.port}`, one])).values()];
      asOne(() => {
        for (const device of unique) add({ ...login, ...device, acceptsNewKey: hostKey === 'accept-new' });
      });
      log.info('added from discovery', { added: unique.length });
      return { added: unique.length, updated: 0, skipped: devices.length - unique.length, problems: [] };
    },
    export: ({ selection }) => ({ text: writeCsvDevices(inventory.select(selection)) }),
    csvTemplate: () => ({ text: csvTemplate() }),
  };
};
