import { dirname, isAbsolute } from 'node:path';
import { atOnce, type Sliced } from '#electron/slices.ts';
import type { ImportFormat, ImportProblem } from '#shared/model/device-import.ts';
import { readAnsible } from './ansible.ts';
import { readAnsibleIni } from './ansible-ini.ts';
import { readAnsibleYaml } from './ansible-yaml.ts';
import { readCsv } from './csv.ts';
import { isHeader, readCsvDevices } from './csv-devices.ts';
import type { Reading, Surroundings } from './draft.ts';
import { readSshConfig } from './ssh-config.ts';

const isYaml = (text: string): boolean =>
  /^\s*(---|\{)/.test(text) || /^["']?[\w.-]+["']?:\s*(#.*)?$/m.test(text);

/** The format by the text, and where that leaves it open by the name of the file; null: none that is known. */
const detect = (text: string, fileName: string): ImportFormat | null => {
  const bare = text.replace(/^\uFEFF/, '');
  if (/\.(csv|tsv)$/i.test(fileName)) return 'csv';
  if (/^\s*(Host|Match)(\s+|\s*=\s*)\S/im.test(bare)) return 'ssh-config';
  if (isHeader(atOnce(readCsv(bare.slice(0, 4096))).records[0]?.cells ?? [])) return 'csv';
  if (/\.(ya?ml|ini)$/i.test(fileName) || isYaml(bare) || /^\s*\[[^\]]+\]\s*$/m.test(bare)) return 'ansible';
  // One host a line, as a list and as an inventory.
  const lines = bare.split(/\r\n|\r|\n/).filter((line) => !/^\s*([#;]|$)/.test(line));
  const isList = lines.length > 0 && lines.every((line) => /^\s*[\w.[\]:%-]+(\s+[\w.]+=.*)?$/.test(line));
  return isList ? 'ansible' : null;
};

const nothing = (format: ImportFormat, problem: ImportProblem): Reading => ({
  ...{ format, drafts: [], notes: [], user: '' },
  problems: [problem],
});

/** Reads a text in the format given or recognised. What is wrong with it is among the problems. */
export function* readText(
  input: { format: ImportFormat | 'auto'; text: string; fileName?: string | undefined },
  around: Surroundings,
): Sliced<Reading> {
  const { text, fileName = '' } = input;
  const format = input.format === 'auto' ? detect(text, fileName) : input.format;
  if (format === null) {
    return nothing('csv', {
      ...{
        line: 1,
        field: 'format',
        problem: 'it is neither CSV, an SSH configuration nor an Ansible inventory',
      },
      next: 'Choose the format, or begin a CSV file with a line of column names such as address,name,user.',
    });
  }
  if (format === 'csv') return yield* readCsvDevices(text);
  if (format === 'ssh-config') return yield* readSshConfig(text, around);
  if (text.startsWith('$ANSIBLE_VAULT')) {
    return nothing('ansible', {
      ...{ line: 1, field: 'file', problem: 'the whole file is encrypted with ansible-vault' },
      next: 'Decrypt it first with `ansible-vault view`.',
    });
  }
  const isIni = /\.ini$/i.test(fileName) || !(isYaml(text) || /\.ya?ml$/i.test(fileName));
  const folder = isAbsolute(fileName) ? dirname(fileName) : null;
  const inventory = yield* isIni ? readAnsibleIni(text) : readAnsibleYaml(text);
  const reading = yield* readAnsible(inventory, { ...around, folder });
  const notes = ['Variables in folders such as group_vars are not part of this file and not used.'];
  return { ...reading, notes: [...reading.notes, ...(reading.drafts.length > 0 ? notes : [])] };
}
