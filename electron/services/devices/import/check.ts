import type { ZodType } from 'zod';
import type { ImportProblem } from '#shared/model/device-import.ts';
import { deviceInput } from '#shared/model/devices.ts';
import { AppError } from '#shared/errors.ts';
import { addressKey } from '../columns.ts';
import { keyPath } from '../ssh/credential.ts';
import type { Draft } from './draft.ts';

/** A draft whose parts are all well-formed. Empty and null: the text says nothing of it. */
export interface Checked extends Omit<Draft, 'port' | 'tags'> {
  port: number | null;
  tags: string[];
  addressKey: string;
}

const { address, name, user, port, group, tags } = deviceInput.shape;

const ways: Record<string, string> = {
  address: 'Give an IP address, or a name such as gate.local.',
  name: 'Shorten the name.',
  user: 'Correct the user, or leave it out.',
  port: 'Give a whole number from 1 to 65535, or leave it out.',
  keyFile: 'Give the full path of the key; ~/ is the home of the user that Mooring runs as.',
  group: 'Shorten the group, or leave it out.',
  tags: 'Correct the tags, or leave them out.',
};

/** The draft with its parts parsed, or everything that is wrong with it. */
export const checkDraft = (draft: Draft): Checked | ImportProblem[] => {
  const problems: ImportProblem[] = [];
  const bad = (field: string, problem: string) =>
    problems.push({ line: draft.line, field, problem, next: ways[field] ?? 'Correct it.' });
  const read = <T>(field: string, schema: ZodType<T>, value: unknown, none: T): T => {
    if (value === '') return none;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    bad(field, parsed.error.issues[0]?.message ?? 'it is not valid');
    return none;
  };
  const keyFile = (): string => {
    if (draft.keyFile === '') return '';
    try {
      return keyPath(draft.keyFile);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      bad('keyFile', 'it is no full path');
      return '';
    }
  };

  if (draft.address === '') bad('address', 'there is no address');
  const portText = /^\d+$/.test(draft.port) ? Number(draft.port) : draft.port;
  const place = read('address', address, draft.address, '');
  const checked: Checked = {
    ...draft,
    address: place,
    addressKey: addressKey(place),
    name: read('name', name.removeDefault(), draft.name, ''),
    user: read('user', user.removeDefault(), draft.user, ''),
    port: read('port', port.removeDefault(), portText, null),
    group: read('group', group.removeDefault(), draft.group, ''),
    tags: read('tags', tags.removeDefault(), [...new Set(draft.tags)], []),
    keyFile: keyFile(),
  };
  return problems.length > 0 ? problems : checked;
};
