import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testCertificate } from './certificate.fixture.ts';
import {
  createClientFolder,
  must,
  removeFolder,
  run,
  startDistribution,
  startDocker,
} from './clients.fixture.ts';
import { greetingProgram } from './engine/seed/elf.ts';
import { createTestRegistry, engineEntry, freePort, login, type TestRegistry } from './registry.fixture.ts';

/** Real clients against the real engine process: skopeo, podman, and a Docker daemon of our own. */

let test: TestRegistry;
let host: string;
let clients: Awaited<ReturnType<typeof createClientFolder>>;
let daemon: Awaited<ReturnType<typeof startDocker>>;
const credentials = `${login.user}:${login.password}`;

beforeAll(async () => {
  test = await createTestRegistry();
  const certificate = testCertificate();
  test.replaceCertificate(certificate);
  await test.registry.start();
  host = `127.0.0.1:${test.endpoint.port}`;
  clients = await createClientFolder(host, certificate.certPem);
  daemon = await startDocker(clients.folder);
});
afterAll(async () => {
  await daemon?.stop();
  await test.close();
  await removeFolder(clients.folder);
});
beforeEach(async () => {
  await test.registry.setPull('anyone');
  await daemon.docker(['logout', host]);
});

const podman = (...args: string[]) => {
  const storage = ['root', 'runroot'].flatMap((name) => [
    `--${name}`,
    join(clients.folder, `podman-${name}`),
  ]);
  return run('podman', [...storage, '--storage-driver', 'vfs', ...args]);
};
const podmanTrust = () => ['--cert-dir', clients.certificates, '--authfile', clients.authFile];
const skopeoTrust = () => ['--src-cert-dir', clients.certificates, '--dest-cert-dir', clients.certificates];
const digestOf = async (reference: string) => {
  const options = ['--raw', '--cert-dir', clients.certificates, `docker://${host}/${reference}`];
  const raw = await must('skopeo', ['inspect', ...options]);
  const file = join(clients.folder, 'raw.json');
  await writeFile(file, raw);
  return (await must('skopeo', ['manifest-digest', file])).trim();
};

describe('skopeo', () => {
  it('copies an image of nine platforms to another repository and out again, unchanged', async () => {
    const to = `docker://${host}/team/hello:v1`;
    const args = [...skopeoTrust(), '--dest-creds', credentials, '--all'];
    await must('skopeo', ['copy', '-q', ...args, `docker://${host}/mooring/hello:latest`, to]);
    expect(await digestOf('team/hello:v1')).toBe(await digestOf('mooring/hello:latest'));
    const folder = join(clients.folder, 'layout');
    await must('skopeo', ['copy', '-q', ...skopeoTrust().slice(0, 2), '--all', to, `oci:${folder}:v1`]);
    const again = `docker://${host}/team/oci:v1`;
    const back = [...skopeoTrust().slice(2), '--dest-creds', credentials, '--all'];
    await must('skopeo', ['copy', '-q', ...back, `oci:${folder}:v1`, again]);
    const inspected = await must('skopeo', ['inspect', '--raw', '--cert-dir', clients.certificates, again]);
    expect((JSON.parse(inspected) as { manifests: unknown[] }).manifests).toHaveLength(9);
    const list = await must('skopeo', [
      'list-tags',
      '--cert-dir',
      clients.certificates,
      to.replace(':v1', ''),
    ]);
    expect(JSON.parse(list)).toMatchObject({ Tags: ['v1'] });
    await must('skopeo', ['delete', '--cert-dir', clients.certificates, '--creds', credentials, again]);
    expect((await run('skopeo', ['inspect', '--cert-dir', clients.certificates, again])).status).not.toBe(0);
  });
});

describe('docker 20.10', () => {
  it('pulls and runs the greeting, logs in, pushes, and pulls what it pushed', async () => {
    const hello = `${host}/mooring/hello`;
    await daemon.must(['pull', '-q', hello]);
    expect(await daemon.must(['run', '--rm', '--network', 'none', hello])).toContain('Hello from Mooring.');
    const own = `${host}/line/app:1.0`;
    await daemon.must(['tag', hello, own]);
    expect((await daemon.docker(['push', '-q', own])).status).not.toBe(0);
    const wrong = await daemon.docker(['login', '-u', login.user, '--password-stdin', host], 'wrong');
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('unauthorized')]);
    await daemon.must(['login', '-u', login.user, '--password-stdin', host], login.password);
    await daemon.must(['push', '-q', own]);
    await daemon.must(['rmi', '-f', own, hello]);
    await daemon.must(['pull', '-q', own]);
    expect(await daemon.must(['run', '--rm', '--network', 'none', own])).toContain('Hello from Mooring.');
  });

  it('builds on an image of another repository and pushes the result, mounting the layers', async () => {
    await daemon.must(['login', '-u', login.user, '--password-stdin', host], login.password);
    const base = `${host}/mooring/hello`;
    const built = `${host}/line/built:1`;
    await daemon.must(['pull', '-q', base]);
    await daemon.must(['build', '-q', '-t', built, '-'], `FROM ${base}\nLABEL made=here\n`);
    await daemon.must(['push', '-q', built]);
    await daemon.must(['rmi', '-f', built]);
    await daemon.must(['pull', '-q', built]);
    const labels = await daemon.must(['inspect', '-f', '{{json .Config.Labels}}', built]);
    expect(JSON.parse(labels)).toEqual({ made: 'here' });
  });

  it('is denied to write where the app alone writes', async () => {
    await daemon.must(['login', '-u', login.user, '--password-stdin', host], login.password);
    const mine = `${host}/mooring/hello:mine`;
    await daemon.must(['pull', '-q', `${host}/mooring/hello`]);
    await daemon.must(['tag', `${host}/mooring/hello`, mine]);
    const pushed = await daemon.docker(['push', mine]);
    expect([pushed.status, pushed.stderr]).toEqual([1, expect.stringContaining('denied')]);
  });

  it('pulls only the probe without a login when the policy says so', async () => {
    await test.registry.setPull('login');
    const refused = await daemon.docker(['pull', '-q', `${host}/mooring/hello:latest`]);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(/denied|unauthorized/)]);
    await daemon.must(['pull', '-q', `${host}/mooring/probe`]);
    await daemon.must(['login', '-u', login.user, '--password-stdin', host], login.password);
    await daemon.must(['pull', '-q', `${host}/mooring/hello`]);
  });
});

describe('podman', () => {
  it('pulls, pushes and pulls again', async () => {
    const own = `${host}/pod/app:1`;
    const hello = `${host}/mooring/hello`;
    expect((await podman('pull', '-q', ...podmanTrust(), hello)).stderr).not.toContain('Error');
    expect((await podman('tag', hello, own)).status).toBe(0);
    const pushed = await podman('push', '-q', ...podmanTrust(), '--creds', credentials, own);
    expect(pushed.status, pushed.stderr).toBe(0);
    expect((await podman('rmi', '-f', own, hello)).status).toBe(0);
    expect((await podman('pull', '-q', ...podmanTrust(), own)).status).toBe(0);
    const wrong = await podman('push', '-q', ...podmanTrust(), '--creds', `${login.user}:wrong`, own);
    expect(wrong.status).not.toBe(0);
  });
});

describe('proof of a pull', () => {
  const issue = (count: number) => test.registry.proofs.issue(count);
  const wait = (tag: string, timeoutMs = 10_000) => test.registry.proofs.wait(tag, { timeoutMs });

  it('comes from docker, also while it holds the image already, and its digest is the known one', async () => {
    for (const round of ['first', 'image present']) {
      const { digest, tags } = await issue(2);
      for (const tag of tags) {
        await daemon.must(['pull', '-q', `${host}/mooring/probe:${tag}`]);
        expect(await wait(tag), round).toMatchObject({
          remote: '127.0.0.1',
          host,
          agent: expect.stringMatching(/^docker\/20\.10/),
        });
        const format = '{{json .RepoDigests}}';
        const digests = await daemon.must(['inspect', '-f', format, `${host}/mooring/probe:${tag}`]);
        expect(JSON.parse(digests)).toContain(`${host}/mooring/probe@${digest}`);
      }
    }
  });

  it('comes from podman, also while it holds the image already', async () => {
    for (const round of ['first', 'image present']) {
      const { tags } = await issue(2);
      for (const tag of tags) {
        const pulled = await podman('pull', '-q', ...podmanTrust(), `${host}/mooring/probe:${tag}`);
        expect(pulled.status, pulled.stderr).toBe(0);
        expect(await wait(tag), round).toMatchObject({ agent: expect.stringMatching(/^containers\//) });
      }
    }
  });

  it('does not come from someone who only asks for the tag', async () => {
    const { tags } = await issue(1);
    const [tag = ''] = tags;
    const url = `https://${host}/v2/mooring/probe/manifests/${tag}`;
    const ca = join(clients.certificates, 'ca.crt');
    for (const method of [[], ['-I']]) await must('curl', ['-sf', ...method, '--cacert', ca, url]);
    expect(await wait(tag, 500)).toBeNull();
    await daemon.must(['pull', '-q', `${host}/mooring/probe:${tag}`]);
    expect(await wait(tag)).toMatchObject({ agent: expect.stringMatching(/^docker\//) });
  });
});

describe('Distribution on the same folder', () => {
  it('serves what the engine stored, and the engine serves what Distribution stored', async () => {
    const port = await freePort();
    const other = await startDistribution(clients.folder, join(test.dataDir, 'registry'), port);
    try {
      const own = `docker://${host}/mooring/hello:latest`;
      const theirs = `docker://127.0.0.1:${port}`;
      const folder = join(clients.folder, 'from-distribution');
      const plain = ['--src-tls-verify=false', '--all'];
      await must('skopeo', ['copy', '-q', ...plain, `${theirs}/mooring/hello:latest`, `oci:${folder}:v1`]);
      const push = ['--src-cert-dir', clients.certificates, '--dest-tls-verify=false', '--all'];
      await must('skopeo', ['copy', '-q', ...push, own, `${theirs}/by/distribution:v1`]);
      expect(await digestOf('by/distribution:v1')).toBe(await digestOf('mooring/hello:latest'));
      await must('skopeo', [
        'copy',
        '-q',
        ...skopeoTrust().slice(0, 2),
        '--all',
        `docker://${host}/by/distribution:v1`,
        `oci:${folder}:v2`,
      ]);
    } finally {
      await other.stop();
    }
  });
});

describe('the engine process', () => {
  it('has no secret in its arguments and nothing of ours in its environment', async () => {
    const pid = test.registry.status().pid ?? 0;
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1');
    const args = (await read('cmdline')).split('\0').slice(1, -1);
    expect(args).toEqual(['--max-semi-space-size=2', engineEntry]);
    const names = (await read('environ')).split('\0').map((entry) => entry.split('=')[0]);
    expect(names).toContain('MALLOC_ARENA_MAX');
    expect(names).not.toContain('HOME');
  });
});

describe('greeting programs', () => {
  it('of this machine run without any library', async () => {
    for (const machine of ['amd64', '386'] as const) {
      const file = join(clients.folder, machine);
      await writeFile(file, greetingProgram(machine, 'Hello.\n'), { mode: 0o755 });
      expect(await must(file, [])).toBe('Hello.\n');
    }
  });
});
