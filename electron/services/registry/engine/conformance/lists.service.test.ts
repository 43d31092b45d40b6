import { expect, it } from 'vitest';
import { ociIndex, ociManifest } from '../storage/media-types.ts';
import { algorithms, digestBy, overEveryTransport } from './registry.fixture.ts';

interface Listed {
  schemaVersion: number;
  mediaType: string;
  manifests: Record<string, unknown>[];
}

const nextOf = (link: unknown): string => /^<([^>]+)>; rel="next"$/.exec(String(link))?.[1] ?? '';
const subjectOf = (text: string, algorithm: (typeof algorithms)[number] = 'sha256') => ({
  mediaType: ociManifest,
  digest: digestBy(algorithm, text),
  size: text.length,
});

overEveryTransport('lists', (client) => {
  it('end-8a, 8b: tags are sorted and come in pages', async () => {
    const tags = ['B', '_x', 'a', 'a-1', 'b'];
    for (const tag of [...tags].reverse()) await client().put('list/tags', tag, client().manifestOf('same'));
    const list = async (query: string) => {
      const answer = await client().ask('GET', `/v2/list/tags/tags/list${query}`);
      expect([answer.status, answer.json().name]).toEqual([200, 'list/tags']);
      return [answer.json<{ tags: string[] }>().tags, nextOf(answer.headers.link)];
    };
    expect(await list('')).toEqual([tags, '']);
    expect(await list('?n=2')).toEqual([['B', '_x'], '/v2/list/tags/tags/list?n=2&last=_x']);
    expect(await list('?n=2&last=a')).toEqual([['a-1', 'b'], '']);
    expect(await list('?last=a')).toEqual([['a-1', 'b'], '']);
    expect(await list('?n=0')).toEqual([[], '']);
    expect(await list('?n=9&last=zzz')).toEqual([[], '']);
    await client().ask('DELETE', '/v2/list/tags/manifests/b');
    expect(await list('?last=a')).toEqual([['a-1'], '']);
    const never = await client().ask('GET', '/v2/list/never/tags/list');
    expect([never.status, never.code()]).toEqual([404, 'NAME_UNKNOWN']);
    expect((await client().ask('GET', '/v2/list/tags/tags/list?n=many')).status).toBe(400);
  });

  it('end-12a: 200 with an empty index for what nobody knows, 400 for what is no digest', async () => {
    for (const algorithm of algorithms) {
      const digest = digestBy(algorithm, 'unknown');
      const answer = await client().ask('GET', `/v2/list/unknown/referrers/${digest}`);
      expect([answer.status, answer.headers['content-type'], answer.headers.link]).toEqual([
        200,
        ociIndex,
        undefined,
      ]);
      expect(answer.json()).toEqual({ schemaVersion: 2, mediaType: ociIndex, manifests: [] });
    }
    const bad = await client().ask('GET', '/v2/list/unknown/referrers/sha256:bad');
    expect([bad.status, bad.code()]).toEqual([400, 'DIGEST_INVALID']);
  });

  for (const algorithm of algorithms) {
    it(`end-7a, 12a, 12b: images and indexes refer to a subject until they are deleted (${algorithm})`, async () => {
      const subject = subjectOf('the subject', algorithm);
      const image = client().manifestOf('image', { subject });
      const artifact = client().manifestOf('artifact', { subject, artifactType: 'application/x.sbom' });
      const index = {
        schemaVersion: 2,
        mediaType: ociIndex,
        manifests: [],
        subject,
        annotations: { 'org.example': 'index' },
      };
      const pushed: Record<string, unknown>[] = [];
      for (const [document, mediaType, artifactType] of [
        [image, ociManifest, image.config.mediaType],
        [artifact, ociManifest, 'application/x.sbom'],
        [index, ociIndex, undefined],
      ] as const) {
        const digest = digestBy(algorithm, JSON.stringify(document));
        const put = await client().put('list/refs', digest, document, mediaType);
        expect([put.status, put.headers['oci-subject']]).toEqual([201, subject.digest]);
        const byTag = await client().put('list/refs', 'tag', document, mediaType);
        expect(byTag.headers['oci-subject']).toBe(subject.digest);
        const size = JSON.stringify(document).length;
        const described = { mediaType, digest, size, annotations: document.annotations };
        pushed.push(artifactType === undefined ? described : { ...described, artifactType });
        if (algorithm !== 'sha256') {
          await client().ask(
            'DELETE',
            `/v2/list/refs/manifests/${digestBy('sha256', JSON.stringify(document))}`,
          );
        }
      }
      const list = async (query = '') => {
        const path = `/v2/list/refs/referrers/${subject.digest}${query}`;
        const answer = await client().ask('GET', path);
        return { entries: answer.json<Listed>().manifests, filters: answer.headers['oci-filters-applied'] };
      };
      const sorted = pushed.sort((a, b) => (String(a.digest) < String(b.digest) ? -1 : 1));
      expect(await list()).toEqual({ entries: sorted, filters: undefined });
      expect(await list('?artifactType=application/x.sbom')).toEqual({
        entries: sorted.filter(({ artifactType }) => artifactType === 'application/x.sbom'),
        filters: 'artifactType',
      });
      for (const { digest } of pushed)
        await client().ask('DELETE', `/v2/list/refs/manifests/${String(digest)}`);
      expect((await list()).entries).toEqual([]);
    });

    it(`end-12a: an index under the fallback tag counts, without what was deleted (${algorithm})`, async () => {
      const subject = subjectOf('with fallback', algorithm);
      const name = `list/fallback-${algorithm}`;
      const own = client().manifestOf('own', { subject });
      const ownDigest = digestBy('sha256', JSON.stringify(own));
      const entry = (note: string) => ({
        ...subjectOf(note),
        artifactType: 'application/x',
        annotations: { note },
      });
      const listed = { ...subjectOf('own'), digest: ownDigest };
      const index = {
        schemaVersion: 2,
        mediaType: ociIndex,
        manifests: [entry('a'), entry('b'), entry('a'), listed],
      };
      const tag = `${algorithm}-${subject.digest.slice(7, 71)}`;
      await client().put(name, tag, index, ociIndex);
      await client().put(name, ownDigest, own);
      const list = async (query = '') => {
        const answer = await client().ask('GET', `/v2/${name}/referrers/${subject.digest}${query}`);
        return answer.json<Listed>().manifests;
      };
      const digests = [entry('a').digest, entry('b').digest, ownDigest].sort();
      const all = await list();
      expect(all.map(({ digest }) => digest)).toEqual(digests);
      expect(all.find(({ digest }) => digest === ownDigest)).toMatchObject({
        artifactType: own.config.mediaType,
        annotations: { note: 'own' },
      });
      expect(all).toContainEqual(entry('a'));
      expect(await list('?artifactType=application/x')).toHaveLength(2);
      await client().ask('DELETE', `/v2/${name}/manifests/${ownDigest}`);
      expect(await list()).toHaveLength(2);
      await client().put(name, ownDigest, own);
      expect(await list()).toHaveLength(3);
    });
  }

  it('end-12a: referrers come in pages that Link to the next, filtered ones too', async () => {
    const subject = subjectOf('paged');
    const digests: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      const artifactType = index % 2 === 0 ? 'application/even' : 'application/odd';
      const document = client().manifestOf(`page ${index}`, { subject, artifactType });
      const put = await client().put('list/paged', `v${index}`, document);
      digests.push(String(put.headers['docker-content-digest']));
    }
    const follow = async (query: string) => {
      const pages: string[][] = [];
      for (let path = `/v2/list/paged/referrers/${subject.digest}${query}`; path !== '';) {
        const answer = await client().ask('GET', path);
        pages.push(answer.json<Listed>().manifests.map(({ digest }) => String(digest)));
        path = nextOf(answer.headers.link);
      }
      return pages;
    };
    const pages = await follow('?n=3');
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual([...digests].sort());
    const even = await follow('?n=1&artifactType=application/even');
    expect(even.flat()).toEqual(digests.filter((_, index) => index % 2 === 0).sort());
    expect(await follow('')).toHaveLength(1);
    expect(await follow('?n=0')).toEqual([[]]);
  });

  it('end-12a: large annotations end a page before the answer outgrows 4 MiB', async () => {
    const subject = subjectOf('heavy');
    for (const note of ['a', 'b', 'c', 'd']) {
      await client().put('list/heavy', note, client().manifestOf(note.repeat(2_000_000), { subject }));
    }
    let count = 0;
    for (let path = `/v2/list/heavy/referrers/${subject.digest}`; path !== '';) {
      const answer = await client().ask('GET', path);
      expect(answer.body.length).toBeLessThanOrEqual(4 * 1024 * 1024);
      count += answer.json<Listed>().manifests.length;
      path = nextOf(answer.headers.link);
    }
    expect(count).toBe(4);
  });
});
