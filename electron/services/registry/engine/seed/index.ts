import type { Storage } from '../storage/index.ts';
import { helloImage, probeImage, type SeedImage } from './images.ts';

const isSeeded = async ({ manifests }: Storage, image: SeedImage): Promise<boolean> =>
  (await manifests.resolve(image.name, image.tag)) === image.digest;

/** Writes the app's own images, by the same way as pushed ones; does nothing for those that are there already. */
export const seed = async (storage: Storage): Promise<void> => {
  for (const image of [probeImage, helloImage]) {
    if (await isSeeded(storage, image)) continue;
    const { blobs, manifests } = image.content();
    for (const [digest, bytes] of blobs) {
      await storage.blobs.put(bytes, digest);
      await storage.blobs.link(image.name, digest);
    }
    for (const { digest, mediaType, bytes } of manifests) {
      const tags = digest === image.digest ? [image.tag] : [];
      await storage.manifests.put(image.name, { bytes, declared: mediaType, digest, tags });
    }
  }
};
