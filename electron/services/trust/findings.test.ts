import { describe, expect, test } from 'vitest';
import { makeAuthority } from '#electron/services/pki/authority.fixture.ts';
import { findingsOf } from './findings.ts';
import { readReport, scriptRecord, type ScriptRecord } from './report.ts';
import type { RunFacts } from './run-facts.ts';

const references = ['registry.local:5000', '10.0.0.1:5000'];

const find = (records: object[], now = new Date()) => {
  const report = readReport(records.map((record): ScriptRecord => scriptRecord.parse(record)));
  const device = { id: 'd', name: 'gate', address: '10.0.0.7', user: 'root' };
  return findingsOf({ report, device, references, now } as unknown as RunFacts);
};

const certificate = (pem: string) => ({
  kind: 'certificate',
  path: '/etc/docker/certs.d/r:1/ca.crt',
  data: Buffer.from(pem).toString('base64'),
});

describe('a certificate that the device could not judge', () => {
  const { pem } = makeAuthority({ name: 'Acme' });

  test('is fine, or has expired, or is none', () => {
    expect(find([certificate(pem)])).toEqual([]);
    expect(find([certificate(pem)], new Date('2999-01-01'))).toMatchObject([
      { code: 'EXPIRED_CA', cause: expect.stringMatching(/^It was valid until .*GMT\.$/), canRepair: true },
    ]);
    const broken = pem.replace(/\n.{20}/, '\n');
    expect(find([certificate(broken)])).toMatchObject([{ code: 'TRUNCATED_CERTIFICATE' }]);
    const odd = { kind: 'finding', code: 'TRUNCATED_CERTIFICATE', path: '/x.crt', detail: 'constructor' };
    expect(find([odd])).toMatchObject([{ cause: 'It cannot be read.' }]);
  });
});

describe('a proxy', () => {
  const proxy = (except: string) =>
    find([{ kind: 'proxy', engine: 'docker', proxy: 'proxy.lan:3128', except }]).map(({ title, cause }) => ({
      title,
      cause,
    }));

  test.each(['*', 'registry.local,10.0.0.1', '.local, 10.0.0.1:5000'])('that passes us by: %s', (except) => {
    expect(proxy(except)).toEqual([]);
  });

  test('that does not is told with the names it takes', () => {
    expect(proxy('localhost,.local')).toMatchObject([
      {
        title: 'Docker pulls through the proxy proxy.lan:3128',
        cause: expect.stringContaining('10.0.0.1:5000'),
      },
    ]);
    expect(proxy('-')).toHaveLength(1);
  });
});

test('two engines are named, and every finding has its texts', () => {
  const found = (engine: string) => ({ kind: 'found', engine, folder: '/x' });
  expect(find([found('docker'), found('podman')])).toMatchObject([
    { code: 'TWO_ENGINES', cause: expect.stringContaining('Docker, Podman'), canRepair: false },
  ]);
  const words = { kind: 'finding', code: 'WRONG_HOST_FOLDER', path: '/c/registry.local/ca.crt' };
  const [finding] = find([{ ...words, detail: 'registry.local:5000' }]);
  expect(finding?.cause).toContain(
    'The folder is named registry.local, but images of this registry are named registry.local:5000',
  );
});
