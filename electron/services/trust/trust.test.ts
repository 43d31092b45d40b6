import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import { trustRun, type DeviceRun, type TrustRun } from '#shared/model/trust.ts';
import { createLogBook } from '#electron/log.ts';
import { createJobs, type Jobs } from '#electron/services/jobs/index.ts';
import { openStore, type Store } from '#electron/store/index.ts';
import { caPem, createFakeDevice, digest, otherPem, type FakeDevice } from './device.fixture.ts';
import { createTrust, type Trust, type TrustNeeds } from './index.ts';

const day = 86_400_000;

let dataDir: string;
let store: Store;
let jobs: Jobs;
let device: FakeDevice;
let known: Device;
let trust: Trust;
let ca: string;
let references: string[];
let validUntil: Date;
/** Whether the registry reports pulls. */
let isSeen: boolean;
let connect: TrustNeeds['devices']['connect'];
let withdrawn: string[];
let issue: TrustNeeds['registry']['proofs']['issue'];

const newDevice = (): Device => ({
  id: 'd1',
  name: 'gate-1',
  address: '10.0.0.7',
  port: 22,
  user: 'root',
  credential: { kind: 'agent', file: null, hasSudoPassword: false },
  hostKeys: [],
  facts: null,
  trust: {
    state: 'none',
    error: null,
    proofs: [],
    warnings: [],
    lastRunAt: null,
    lastProofAt: null,
    canUndo: false,
  },
  addedAt: new Date().toISOString(),
});

/** A session that runs the real script on the fake device. */
const openSession = async () => ({
  run: async (body: string, { onRecord }: { onRecord?: (record: unknown) => void }) => {
    const { isComplete, output } = await device.runHere(body, { ...(onRecord && { onRecord }) });
    return { isComplete, output };
  },
  close: () => undefined,
});

beforeEach(async () => {
  dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-trust-'));
  const { log } = createLogBook({});
  store = await openStore({ dataDir, log });
  jobs = createJobs({ store, log });
  device = await createFakeDevice();
  known = newDevice();
  ca = caPem;
  references = ['registry.local:5000', '192.168.1.20:5000', 'localhost:5000'];
  validUntil = new Date(Date.now() + 30 * day);
  isSeen = true;
  withdrawn = [];
  connect = openSession;
  issue = async (count) => ({
    repository: 'mooring/probe',
    digest,
    tags: Array.from({ length: count }, (_, index) => `once-${index}`),
  });
  store.sql.run(
    `INSERT INTO devices (id, name, address, user, credential, sealedSecrets, trust, addedAt)
     VALUES ('d1', 'gate-1', '10.0.0.7', 'root', '{}', '', '{}', '')`,
  );
  const certificate = () => ({
    notBefore: new Date(Date.now() - day).toISOString(),
    notAfter: validUntil.toISOString(),
  });
  trust = createTrust({
    store,
    log,
    jobs,
    devices: {
      select: () => [known],
      get: () => known,
      connect: (id, options) => connect(id, options),
      saveTrust: (_id, patch) => (known = { ...known, trust: { ...known.trust, ...patch } }),
      saveFacts: (_id, facts) => (known = { ...known, facts }),
    },
    pki: {
      caPem: () => ({ pem: ca }),
      state: async () => ({ ca: certificate(), leaf: certificate() }) as never,
    },
    registry: {
      proofs: {
        issue: (count) => issue(count),
        wait: async () => (isSeen ? { at: 'now' } : null),
        withdraw: (tags) => withdrawn.push(...tags),
      },
    },
    references: () => references,
    limits: { pullSeconds: 5, proofMs: 10 },
  });
});

afterEach(async () => {
  await jobs.close();
  store.close();
  await device.remove();
  await fs.rm(dataDir, { recursive: true });
});

const finish = async (started: Promise<{ jobId: string }>): Promise<TrustRun> => {
  const { result } = await jobs.finished((await started).jobId);
  return trustRun.parse(result);
};
const only = async (started: Promise<{ jobId: string }>): Promise<DeviceRun> => {
  const { devices } = await finish(started);
  expect(devices).toHaveLength(1);
  return devices[0] as DeviceRun;
};
const all = { all: true } as const;
const push = (patch = {}) => trust.push({ selection: all, isDryRun: false, replace: [], ...patch });
const undo = (isDryRun = false) => trust.undo({ selection: all, isDryRun });
const answer = (reference: string, text: string) =>
  fs.writeFile(path.join(device.state, 'answers', reference), `${text}\n`);
const ours = () => path.join(device.certs, 'registry.local:5000/mooring-ca.crt');

describe('the main way', () => {
  test('plan, push, push again, verify, undo', async () => {
    const before = await device.snapshot();
    expect(await only(trust.plan(all))).toMatchObject({ outcome: 'planned', written: false, code: null });
    expect(await device.snapshot()).toEqual(before);

    const pushed = await finish(push());
    expect(pushed.summary).toEqual({ total: 1, changed: 1, unchanged: 0, failed: 0 });
    expect(pushed.devices[0]).toMatchObject({
      id: 'd1',
      name: 'gate-1',
      address: '10.0.0.7',
      outcome: 'changed',
      code: null,
      message: '5 changes; pulls by registry.local:5000, 192.168.1.20:5000',
      written: true,
      proven: true,
      warnings: [],
    });
    expect(pushed.devices[0]?.proofs).toMatchObject([
      { name: 'registry.local:5000', runtime: 'docker', level: 'engine', isProven: true, code: null },
      { name: '192.168.1.20:5000', isProven: true },
    ]);
    expect(known.trust).toMatchObject({ state: 'proven', canUndo: true, error: null });
    expect(known.facts).toMatchObject({ engines: [{ kind: 'docker', isRunning: true }] });
    expect(withdrawn).toEqual(['once-0', 'once-1']);

    expect(await only(push())).toMatchObject({
      outcome: 'unchanged',
      changes: [],
      written: true,
      proven: true,
    });
    expect(await only(trust.verify(all))).toMatchObject({ outcome: 'verified', written: true, proven: true });
    expect(await only(trust.plan(all))).toMatchObject({ outcome: 'unchanged', written: true });

    expect(await only(undo(true))).toMatchObject({ outcome: 'planned' });
    expect(await only(undo())).toMatchObject({ outcome: 'changed', written: false, proven: false });
    expect(await device.snapshot()).toEqual(before);
    expect(known.trust).toMatchObject({ state: 'none', canUndo: false, proofs: [] });
    expect(await only(undo())).toMatchObject({ outcome: 'unchanged', code: 'NOTHING_TO_UNDO' });
    expect(
      trust.history({ device: 'd1' }).map(({ action, outcome, isStanding }) => [action, outcome, isStanding]),
    ).toEqual([
      ['undo', 'unchanged', false],
      ['undo', 'changed', false],
      ['verify', 'verified', false],
      ['push', 'unchanged', false],
      ['push', 'changed', false],
    ]);
  });

  test('the progress goes through titled phases', async () => {
    const { jobId } = await push();
    const phases: string[] = [];
    for await (const { items } of jobs.watch(jobId)) phases.push(items[0]?.phase ?? '');
    expect(phases.at(-1)).toBe('Record');
    expect(jobs.get(jobId)).toMatchObject({ state: 'succeeded', done: 1, title: 'Push trust to gate-1' });
  });

  test('undo goes back over several CAs to what was there first', async () => {
    await fs.mkdir(path.dirname(ours()), { recursive: true });
    await fs.writeFile(ours(), 'somebody was here', { mode: 0o600 });
    const before = await device.snapshot();
    expect(await only(push())).toMatchObject({ outcome: 'changed' });
    ca = otherPem;
    references = ['registry.local:5000'];
    expect(await only(push())).toMatchObject({ outcome: 'changed' });
    expect(await fs.readdir(device.certs)).toEqual(['registry.local:5000']);
    expect(await fs.readdir(path.dirname(ours()))).toEqual(['mooring-ca.crt']);
    const standing = trust.history({ device: 'd1' }).map(({ isStanding }) => isStanding);
    expect(standing).toEqual([true, false]);
    expect(await only(undo())).toMatchObject({ outcome: 'changed', warnings: [] });
    expect(await device.snapshot()).toEqual(before);
  });

  test('what is kept for undo is sealed', async () => {
    await fs.mkdir(path.dirname(ours()), { recursive: true });
    const key = path.join(path.dirname(ours()), 'client.key');
    await fs.writeFile(key, 'PRIVATE');
    await push({ replace: [key] }).then(({ jobId }) => jobs.finished(jobId));
    const rows = store.sql.all<{ undo: string; document: string }>('SELECT undo, document FROM trustHistory');
    expect(JSON.stringify(rows)).not.toContain(Buffer.from('PRIVATE').toString('base64'));
    await expect(fs.access(key)).rejects.toThrow();
    await only(undo());
    expect(await fs.readFile(key, 'utf8')).toBe('PRIVATE');
  });
});

describe('drift', () => {
  test('a lost file is drift, and a push repairs it', async () => {
    await only(push());
    await fs.rm(ours());
    expect(await only(trust.verify(all))).toMatchObject({
      outcome: 'drifted',
      code: 'DRIFTED',
      written: false,
    });
    expect(known.trust.state).toBe('drifted');
    expect(await only(push())).toMatchObject({ outcome: 'changed', proven: true });
  });

  test('where nothing was pushed, nothing is green', async () => {
    const run = await finish(trust.verify(all));
    expect(run.summary.failed).toBe(1);
    expect(run.devices[0]).toMatchObject({ outcome: 'drifted', code: 'DRIFTED' });
    expect(known.trust).toMatchObject({
      state: 'none',
      error: { cause: 'Nothing has been pushed to it yet.' },
    });
  });

  test('undo reports what somebody changed since and leaves it', async () => {
    await only(push());
    await fs.writeFile(ours(), 'mine now');
    const run = await only(undo());
    expect(run).toMatchObject({
      outcome: 'changed',
      code: 'CHANGED_SINCE',
      warnings: [{ code: 'CHANGED_SINCE' }],
    });
    expect(await fs.readFile(ours(), 'utf8')).toBe('mine now');
    expect(known.trust.canUndo).toBe(false);
  });
});

describe('proof', () => {
  test('one name is enough; the other says what stopped it', async () => {
    await answer('registry.local:5000', 'Error: dial tcp: lookup registry.local: no such host');
    expect(await only(push())).toMatchObject({
      outcome: 'changed',
      proven: true,
      code: null,
      proofs: [{ isProven: false, code: 'NAME_NOT_RESOLVED' }, { isProven: true }],
    });
  });

  test('no name: written, not proven, failed; what says more than a name not found is the reason', async () => {
    await answer('registry.local:5000', 'Error: dial tcp: lookup registry.local: no such host');
    await answer('192.168.1.20:5000', 'Get "https://R/v2/": x509: certificate signed by unknown authority');
    const run = await only(push());
    expect(run).toMatchObject({ outcome: 'failed', code: 'CA_UNKNOWN', written: true, proven: false });
    expect(run.message).toContain('192.168.1.20:5000');
    expect(known.trust).toMatchObject({ state: 'failed', error: { code: 'CA_UNKNOWN' }, canUndo: true });
    await fs.access(ours());
  });

  test('different reasons are told together', async () => {
    await answer('registry.local:5000', 'write /x: no space left on device');
    await answer('192.168.1.20:5000', 'Get "https://R/v2/": x509: certificate signed by unknown authority');
    expect(await only(push())).toMatchObject({ outcome: 'failed', code: 'PROOF_FAILED' });
  });

  test('a pull the registry never saw proves nothing', async () => {
    isSeen = false;
    expect(await only(push())).toMatchObject({ outcome: 'failed', code: 'PROOF_NOT_SEEN', written: true });
  });

  test('an engine that does not run: files stay', async () => {
    await fs.writeFile(path.join(device.state, 'down'), '');
    const run = await only(push());
    expect(run).toMatchObject({
      outcome: 'failed',
      code: 'ENGINE_NOT_RUNNING',
      written: true,
      proven: false,
    });
    await fs.access(ours());
  });

  test('no engine: the files of Docker, and a warning', async () => {
    await device.remove();
    device = await createFakeDevice({ engines: [] });
    expect(await only(push())).toMatchObject({
      outcome: 'changed',
      code: 'NO_ENGINE',
      written: true,
      proven: false,
      proofs: [{ level: 'files', runtime: 'none', isProven: false }, { level: 'files' }],
      warnings: [{ code: 'NO_ENGINE' }],
    });
    expect(known.trust.state).toBe('unproven');
  });

  test('a wrong clock: the files are right, the reason is the clock', async () => {
    validUntil = new Date(Date.now() - day / 2);
    expect(await only(push())).toMatchObject({
      outcome: 'failed',
      code: 'CLOCK_WRONG',
      written: true,
      proven: false,
      proofs: [{ code: 'CLOCK_WRONG' }, { code: 'CLOCK_WRONG' }],
    });
    expect(await only(trust.plan(all))).toMatchObject({ outcome: 'unchanged', code: 'CLOCK_WRONG' });
  });
});

describe('what goes wrong on the way', () => {
  test('a device that does not answer is a result with its own next step', async () => {
    connect = async () => {
      throw new AppError('DEVICE_UNREACHABLE', { device: 'gate-1', address: '10.0.0.7' });
    };
    const run = await only(push());
    expect(run).toMatchObject({
      outcome: 'failed',
      code: 'DEVICE_UNREACHABLE',
      written: false,
      proven: false,
    });
    expect(run.next).toContain('Check power');
    expect(known.trust).toMatchObject({ state: 'failed', canUndo: false });
  });

  test('a registry that is down is found before anything is written', async () => {
    const before = await device.snapshot();
    issue = async () => {
      throw new AppError('REGISTRY_DOWN');
    };
    expect(await only(push())).toMatchObject({ outcome: 'failed', code: 'REGISTRY_DOWN', written: false });
    expect(await device.snapshot()).toEqual(before);
  });

  test('a link that breaks leaves a change that undo finds', async () => {
    const before = await device.snapshot();
    connect = async () => ({
      ...(await openSession()),
      run: async (body) => {
        await device.runHere(body);
        throw new AppError('DEVICE_LINK_LOST', { device: 'gate-1', phase: 'Write' });
      },
    });
    expect(await only(push())).toMatchObject({ outcome: 'failed', code: 'DEVICE_LINK_LOST' });
    connect = openSession;
    await fs.access(ours());
    expect(known.trust.canUndo).toBe(true);
    await only(undo());
    const after = await device.snapshot();
    delete after['docker/certs.d'];
    expect(after).toEqual(before);
  });

  test('output that is not from our script is not believed', async () => {
    connect = async () => ({
      ...(await openSession()),
      run: async (_body, { onRecord }) => {
        onRecord?.({ kind: 'verified' });
        onRecord?.({ kind: 'pull', reference: 'registry.local:5000', engine: 'rm -rf', status: 0 });
        return { isComplete: true, output: '' };
      },
    });
    expect(await only(push())).toMatchObject({
      outcome: 'failed',
      code: 'DEVICE_OUTPUT_INVALID',
      proven: false,
    });
  });

  test('without its end record a run is unfinished', async () => {
    connect = async () => ({
      ...(await openSession()),
      run: async (body, { onRecord }) => {
        await device.runHere(body, { ...(onRecord && { onRecord }) });
        return { isComplete: false, output: '' };
      },
    });
    expect(await only(push())).toMatchObject({ outcome: 'failed', code: 'SCRIPT_UNFINISHED', written: true });
  });

  test('cancel ends a run as cancelled', async () => {
    const reached = Promise.withResolvers<void>();
    connect = (_id, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new AppError('CANCELLED')));
        reached.resolve();
      });
    const { jobId } = await push();
    await reached.promise;
    jobs.cancel(jobId);
    const { state, result } = await jobs.finished(jobId);
    expect(state).toBe('cancelled');
    expect(trustRun.parse(result).devices[0]).toMatchObject({ outcome: 'cancelled', code: 'CANCELLED' });
  });

  test('cancelled in the middle of the script, what was done can be undone', async () => {
    const before = await device.snapshot();
    const reached = Promise.withResolvers<void>();
    connect = async (_id, { signal }) => ({
      ...(await openSession()),
      run: async (body, { onRecord }) => {
        await device.runHere(body, {
          onRecord: (record) => {
            onRecord?.(record);
            if (JSON.stringify(record).includes('"made"')) reached.resolve();
          },
        });
        await new Promise((resolve) =>
          signal.aborted ? resolve(null) : signal.addEventListener('abort', resolve),
        );
        throw new AppError('CANCELLED');
      },
    });
    const { jobId } = await push();
    await reached.promise;
    jobs.cancel(jobId);
    const { result } = await jobs.finished(jobId);
    expect(trustRun.parse(result).devices[0]).toMatchObject({ outcome: 'cancelled', proven: false });
    expect(known.trust.canUndo).toBe(true);
    connect = openSession;
    expect(await only(undo())).toMatchObject({ outcome: 'changed' });
    expect(await device.snapshot()).toEqual(before);
  });

  test('a device that was removed meanwhile is a result, too', async () => {
    store.sql.run('DELETE FROM devices');
    expect(await only(push())).toMatchObject({ id: 'd1', outcome: 'failed', code: 'INTERNAL' });
  });

  test('two runs on one device come one after the other', async () => {
    let open = 0;
    let most = 0;
    connect = async () => {
      most = Math.max(most, (open += 1));
      const session = await openSession();
      return { ...session, close: () => (open -= 1) };
    };
    const runs = await Promise.all([only(push()), only(push()), only(trust.verify(all))]);
    expect(runs.map(({ outcome }) => outcome)).toEqual(['changed', 'unchanged', 'verified']);
    expect(most).toBe(1);
  });

  test('a defect is a result with a reference', async () => {
    connect = async () => {
      throw new TypeError('boom');
    };
    const run = await only(push());
    expect(run).toMatchObject({ outcome: 'failed', code: 'INTERNAL' });
    expect(run.message).not.toContain('boom');
  });
});
