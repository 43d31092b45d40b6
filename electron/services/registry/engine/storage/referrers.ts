import { readdir } from 'node:fs/promises';
import { algorithmOf, type Digest, hexOf, isDigest } from '../grammar.ts';
import type { Durable } from './durable.ts';
import { isMissing, readText } from './durable.ts';
import { type Layout, tagCurrent } from './layout.ts';
import { forEach } from './parallel.ts';

/** Which manifests of a repository name another one as their subject. */
export interface Referrers {
  add(name: string, subject: Digest, digest: Digest): Promise<void>;
  remove(name: string, referring: readonly { subject: Digest; digest: Digest }[]): Promise<void>;
  list(name: string, subject: Digest): Promise<Digest[]>;
  /** Manifests that were removed here while a fallback index still names them. */
  withdrawn(name: string, subject: Digest): Promise<Set<string>>;
}

const withdrawnMark = '.withdrawn';

export const createReferrers = (layout: Layout, durable: Durable): Referrers => {
  const entries = async (name: string, subject: Digest): Promise<string[]> => {
    try {
      const names = await readdir(layout.referrers(name, subject));
      return names.map((entry) => entry.replace('-', ':'));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  };
  const withdrawnFile = (name: string, subject: Digest, digest: Digest) =>
    `${layout.referrer(name, subject, digest)}${withdrawnMark}`;
  const hasFallback = async (name: string, subject: Digest) =>
    (await readText(tagCurrent(layout.tag(name, fallbackTag(subject))))) !== null;

  return {
    async add(name, subject, digest) {
      await durable.writeFile(layout.referrer(name, subject, digest), digest);
      await durable.removeFile(withdrawnFile(name, subject, digest));
    },
    async remove(name, referring) {
      await forEach(referring, async ({ subject, digest }) => {
        // Clients that saw this API do not take the entry out of the fallback index.
        if (await hasFallback(name, subject)) {
          await durable.writeFile(withdrawnFile(name, subject, digest), digest);
        }
      });
      await durable.removeFiles(
        referring.map(({ subject, digest }) => layout.referrer(name, subject, digest)),
      );
    },
    list: async (name, subject) => (await entries(name, subject)).filter(isDigest),
    withdrawn: async (name, subject) =>
      new Set(
        (await entries(name, subject))
          .filter((entry) => entry.endsWith(withdrawnMark))
          .map((entry) => entry.slice(0, -withdrawnMark.length)),
      ),
  };
};

/** The tag under which clients of registries without the referrers API keep an index (specification, "Referrers Tag Schema"). */
export const fallbackTag = (subject: Digest): string =>
  `${algorithmOf(subject)}-${hexOf(subject).slice(0, 64)}`;
