import type { ImportProblem, ImportRow } from '#shared/model/device-import.ts';
import type { Sliced } from '#electron/slices.ts';
import type { CredentialInput } from '#shared/model/devices.ts';
import { addressKey } from '../columns.ts';
import type { DeviceDraft } from '../inventory.ts';
import type { DeviceEntry } from '../lookup.ts';
import type { ListedDevice } from '../rows.ts';
import type { StoredLogin } from '../stored-login.ts';
import type { Checked } from './check.ts';

/** What one line of the text comes to. */
export interface Step {
  row: ImportRow;
  /** For `add` everything, for `update` what changes. */
  change: Partial<DeviceDraft>;
  /** The device that is updated. */
  id: string | null;
}

export interface PlanNeeds {
  stored: Matching;
  /** Those that lines are about, by id. */
  devices: ReadonlyMap<string, ListedDevice>;
  secretsOf(id: string): StoredLogin | null;
  /** For a device whose line names no login. */
  usualLogin(group: string): CredentialInput;
  /** Who logs in where the text names nobody. */
  user: string;
  acceptNew: boolean;
}

const isSamePort = (a: number | null, b: number | null): boolean => a === b || a === null || b === null;

/** Finds the device a line is about: by its place, else by its name. */
export const createMatching = (entries: readonly DeviceEntry[]) => {
  const byAddress = Map.groupBy(entries, ({ addressKey: key }) => key);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    at: (key: string, port: number | null) =>
      byAddress.get(key)?.find((entry) => isSamePort(entry.port, port)),
    called: (name: string) => (name === '' ? undefined : byName.get(name)),
  };
};
export type Matching = ReturnType<typeof createMatching>;

/** The login a line names; null when it names none. */
const loginOf = ({ keyFile, password }: Checked): CredentialInput | null => {
  if (keyFile !== '') return { kind: 'key', file: keyFile, pem: '', passphrase: '' };
  return password && { kind: 'password', password: password.reveal() };
};

const isSameLogin = (device: ListedDevice, login: CredentialInput, secrets: StoredLogin | null): boolean => {
  if (login.kind === 'key') return device.credential.kind === 'key' && device.credential.file === login.file;
  const kept = secrets?.credential;
  return login.kind === 'password' && kept?.kind === 'password' && kept.password.reveal() === login.password;
};

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));

const changesOf = (draft: Checked, device: ListedDevice, needs: PlanNeeds): Partial<DeviceDraft> => {
  const { name, address, port, user, group, tags, sudoPassword } = draft;
  const login = loginOf(draft);
  const secrets = login?.kind === 'password' || sudoPassword ? needs.secretsOf(device.id) : null;
  const accepts = needs.acceptNew && device.hostKeys.length === 0 && !device.acceptsNewKey;
  return {
    ...(name !== '' && name !== device.name && { name }),
    ...(draft.addressKey !== addressKey(device.address) && { address }),
    ...(port !== null && port !== device.port && { port }),
    ...(user !== '' && user !== device.user && { user }),
    ...(group !== '' && group !== device.group && { group }),
    ...(tags.length > 0 && !isSameList(tags, device.tags) && { tags }),
    ...(login && !isSameLogin(device, login, secrets) && { credential: login }),
    ...(sudoPassword &&
      sudoPassword.reveal() !== secrets?.sudoPassword?.reveal() && { sudoPassword: sudoPassword.reveal() }),
    ...(accepts && { acceptsNewKey: true }),
  };
};

const words: Partial<Record<keyof DeviceDraft, string>> = {
  credential: 'login',
  sudoPassword: 'sudo password',
  acceptsNewKey: 'host key accepted at first contact',
};

const noteOf = (draft: Checked, change: Partial<DeviceDraft>): string => {
  const changed = Object.keys(change).map((field) => words[field as keyof DeviceDraft] ?? field);
  return [draft.note, changed.length > 0 ? `changes ${changed.join(', ')}` : ''].filter(Boolean).join('; ');
};

const addition = (draft: Checked, needs: PlanNeeds): Step => {
  const { line, name, address, port, group, tags, note, sudoPassword } = draft;
  const credential = loginOf(draft) ?? needs.usualLogin(group);
  const user = draft.user || needs.user;
  const change = {
    ...{ name, address, port, user, group, tags, credential },
    sudoPassword: sudoPassword?.reveal() ?? '',
    acceptsNewKey: needs.acceptNew,
  };
  const row = { line, name: name || address, address, user, port, group, tags, login: credential.kind, note };
  return { id: null, change, row: { ...row, action: 'add' } };
};

const update = (draft: Checked, device: ListedDevice, needs: PlanNeeds): Step => {
  const change = changesOf(draft, device, needs);
  const { name, address, port, user, group, tags } = { ...device, ...change };
  const login = (change.credential ?? device.credential).kind;
  const isSame = Object.keys(change).length === 0;
  const row = { line: draft.line, name, address, user, port, group, tags: [...tags], login };
  const note = isSame ? draft.note : noteOf(draft, change);
  return { id: device.id, change, row: { ...row, note, action: isSame ? 'same' : 'update' } };
};

const skipped = (draft: Checked, needs: PlanNeeds): Step => {
  const { row } = addition({ ...draft, note: draft.skip }, needs);
  return { id: null, change: {}, row: { ...row, action: 'skip' } };
};

/** Decides for each line what becomes of it; a line that contradicts another or the list is a problem. */
export function* planImport(
  drafts: readonly Checked[],
  needs: PlanNeeds,
): Sliced<{ steps: Step[]; problems: ImportProblem[] }> {
  const { stored } = needs;
  const places = new Map<string, Checked[]>();
  const names = new Map<string, number>();
  const claimed = new Map<string, number>();
  const problems: ImportProblem[] = [];
  const steps: Step[] = [];

  const clash = (draft: Checked): Omit<ImportProblem, 'line'> | null => {
    const twins = places.get(draft.addressKey) ?? [];
    const twin = twins.find((other) => isSamePort(other.port, draft.port));
    const next = 'Remove one of the two lines.';
    if (twin) return { field: 'address', problem: `line ${twin.line} describes the same device`, next };
    const namesake = names.get(draft.name);
    if (namesake !== undefined) return { field: 'name', problem: `line ${namesake} has the same name`, next };
    const here = stored.at(draft.addressKey, draft.port);
    const called = stored.called(draft.name);
    if (here && called && here.id !== called.id) {
      const way = `Choose another name, or change that of the device at ${called.address} first.`;
      return { field: 'name', problem: `another device is called "${draft.name}"`, next: way };
    }
    const line = claimed.get((here ?? called)?.id ?? '');
    return line === undefined
      ? null
      : { field: 'name', problem: `line ${line} describes the same device`, next };
  };

  for (const draft of drafts) {
    yield;
    if (draft.skip !== '') {
      steps.push(skipped(draft, needs));
      continue;
    }
    const problem = clash(draft);
    if (problem) {
      problems.push({ line: draft.line, ...problem });
      continue;
    }
    places.set(draft.addressKey, [...(places.get(draft.addressKey) ?? []), draft]);
    if (draft.name !== '') names.set(draft.name, draft.line);
    const entry = stored.at(draft.addressKey, draft.port) ?? stored.called(draft.name);
    const device = entry && needs.devices.get(entry.id);
    if (device) claimed.set(device.id, draft.line);
    steps.push(device ? update(draft, device, needs) : addition(draft, needs));
  }
  return { steps, problems };
}
