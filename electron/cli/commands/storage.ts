import { gcResult, verifyResult } from '#shared/model/storage.ts';
import { isSet, type Command } from '../command.ts';
import { followJob } from '../jobs.ts';
import { facts, plural, table } from '../output.ts';
import { withApp } from '../session.ts';

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes with decimal units: `1.2 GB`. */
const sizeText = (bytes: number): string => {
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
};

const gc: Command = {
  name: 'registry gc',
  words: '',
  summary: 'Frees what no image needs any more, while the registry serves.',
  flags: {
    'dry-run': { type: 'boolean', help: 'only say what would be freed' },
    'remove-untagged': { type: 'boolean', help: 'images that no tag or index names go too' },
  },
  run: (context, input) =>
    withApp(context, 'required', async ({ client }) => {
      const options = { isDryRun: isSet(input, 'dry-run'), removeUntagged: isSet(input, 'remove-untagged') };
      const { jobId } = await client.registry.gc(options);
      const result = gcResult.parse(await followJob(context, client, jobId));
      const { freedBytes, blobs, manifests } = result;
      const what = `${sizeText(freedBytes)} in ${plural(blobs, 'blob')}, ${plural(manifests, 'untagged manifest')}`;
      context.out.result(result, () => [result.isDryRun ? `Would free ${what}.` : `Freed ${what}.`]);
      return 0;
    }),
};

const verify: Command = {
  name: 'registry verify',
  words: '',
  summary: 'Hashes everything stored again and takes damaged blobs out of service.',
  flags: {},
  run: (context) =>
    withApp(context, 'required', async ({ client }) => {
      const { jobId } = await client.registry.verify();
      const result = verifyResult.parse(await followJob(context, client, jobId));
      const { blobs, checkedBytes, quarantined } = result;
      context.out.result(result, () => [
        `Verified ${plural(blobs, 'blob')} (${sizeText(checkedBytes)}): ${quarantined.length === 0 ? 'all as pushed.' : `${quarantined.length} damaged, out of service.`}`,
        ...table(
          quarantined.map(({ digest, problem, repositories }) => [
            `  ✕ ${digest}`,
            problem,
            repositories.join(', '),
          ]),
        ),
      ]);
      return quarantined.length === 0 ? 0 : 1;
    }),
};

const usage: Command = {
  name: 'registry usage',
  words: '',
  summary: 'Shows what each repository takes, shared layers counted once.',
  flags: {},
  run: (context) =>
    withApp(context, 'none', async ({ client }) => {
      const result = await client.registry.usage();
      context.out.result(result, () => [
        ...table([
          ['Repository', 'Tags', 'Manifests', 'Size', 'Of its own'],
          ...result.repositories.map(({ name, tags, manifests, bytes, ownBytes }) => [
            name,
            String(tags),
            String(manifests),
            sizeText(bytes),
            sizeText(ownBytes),
          ]),
        ]),
        '',
        ...facts([
          ['On disk', sizeText(result.storedBytes)],
          ['Saved by sharing', sizeText(result.savedBytes)],
          ['In no repository', sizeText(result.looseBytes)],
          ['Open uploads', `${result.uploads.count} (${sizeText(result.uploads.bytes)})`],
          ['Quarantined', `${result.quarantine.count} (${sizeText(result.quarantine.bytes)})`],
        ]),
      ]);
      return 0;
    }),
};

export const storageCommands = [usage, gc, verify];
