import { readdir } from 'node:fs/promises';
import { algorithmOf, type Digest, hexOf, isDigest } from '../grammar.ts';
import type { Durable } from './durable.ts';
import { isMissing } from './durable.ts';
import type { Layout } from './layout.ts';

/** Which manifests of a repository name another one as their subject. */
export interface Referrers {
  add(name: string, subject: Digest, digest: Digest): Promise<void>;
  remove(name: string, subject: Digest, digest: Digest): Promise<void>;
  list(name: string, subject: Digest): Promise<Digest[]>;
}

export const createReferrers = (layout: Layout, durable: Durable): Referrers => ({
  add: (name, subject, digest) => durable.writeFile(layout.referrer(name, subject, digest), digest),
  async remove(name, subject, digest) {
    await durable.removeFile(layout.referrer(name, subject, digest));
  },
  async list(name, subject) {
    try {
      const entries = await readdir(layout.referrers(name, subject));
      return entries.map((entry) => entry.replace('-', ':')).filter(isDigest);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
});

/** The tag under which clients of registries without the referrers API keep an index (specification, "Referrers Tag Schema"). */
export const fallbackTag = (subject: Digest): string =>
  `${algorithmOf(subject)}-${hexOf(subject).slice(0, 64)}`;
