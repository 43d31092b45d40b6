import type {
  ImportFormat,
  ImportInput,
  ImportPreview,
  ImportState,
  ImportRow,
} from '#shared/model/device-import.ts';
import { formatCount, plural } from '../../format.ts';

/** What a person gives for an import, before it was looked at. */
export interface ImportSource {
  text: string;
  fileName: string;
  format: 'auto' | ImportFormat;
  hostKey: 'first-contact' | 'accept-new';
}

export const emptySource: ImportSource = {
  text: '',
  fileName: '',
  format: 'auto',
  hostKey: 'first-contact',
};

export const toImportInput = ({ text, fileName, format, hostKey }: ImportSource): ImportInput => ({
  text,
  format,
  hostKey,
  ...(fileName === '' ? {} : { fileName }),
});

export const FORMATS: Record<ImportFormat, string> = {
  csv: 'CSV',
  'ssh-config': 'OpenSSH configuration',
  ansible: 'Ansible inventory',
};

export const ROW_ACTIONS: Record<ImportRow['action'], string> = {
  add: 'New',
  update: 'Changed',
  same: 'As it is',
  skip: 'Left out',
};

export const ROW_LOGINS: Record<ImportRow['login'], string> = {
  key: 'key',
  password: 'password',
  agent: 'SSH agent',
  group: 'as its group',
};

/** Rows that an import would write. */
export const toWrite = ({ counts }: Pick<ImportPreview, 'counts'>): number => counts.add + counts.update;

/** `42 new · 3 changed · 1 as it is`. */
export const countWords = ({ counts }: Pick<ImportPreview, 'counts'>): string =>
  [
    counts.add > 0 ? `${plural(counts.add, 'device')} new` : '',
    counts.update > 0 ? `${plural(counts.update, 'device')} changed` : '',
    counts.same > 0 ? `${plural(counts.same, 'device')} as in the list` : '',
    counts.skip > 0 ? `${plural(counts.skip, 'line')} left out` : '',
  ]
    .filter(Boolean)
    .join(' · ');

/** `3,000 of 10,000 lines ready`, and what cannot be counted. */
export const progressWords = ({
  step,
  done,
  total,
}: Pick<ImportState, 'step' | 'done' | 'total'>): string => {
  if (step === 'read') return 'Reading';
  return step === 'write' ? 'Writing' : `${formatCount(done)} of ${formatCount(total)} lines ready`;
};
