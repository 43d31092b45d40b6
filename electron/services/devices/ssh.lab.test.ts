import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from './lab/service.fixture.ts';
import { startSshd, type Sshd } from './lab/sshd.fixture.ts';

const soon = (signalMs = 30_000) => ({ signal: AbortSignal.timeout(signalMs) });

describe('a device with root login', () => {
  let device: Sshd;
  let service: TestService;
  beforeAll(async () => {
    device = await startSshd();
    service = await startService();
  });
  afterAll(async () => {
    await service.stop();
    await device.stop();
  });

  test('is added by key, its facts are read, and scripts run on it', async () => {
    const { port, keyFile } = device;
    const added = await service.devices.add(
      service.input({ port, name: 'gate', credential: { kind: 'key', file: keyFile } }),
    );
    expect(added).toMatchObject({
      name: 'gate',
      port,
      hostKeys: [{ type: 'ssh-ed25519', how: 'unseen' }],
      facts: { architecture: expect.any(String), isWritable: true },
      trust: { state: 'none', error: null },
    });
    expect(Math.abs(added.facts?.clockOffsetSeconds ?? 99)).toBeLessThan(3);
    const session = await service.devices.connect(added.id, soon());
    const end = await session.run('put who "$(id -un)"; send; printf "a banner"', { timeoutMs: 10_000 });
    expect(end).toEqual({ records: [{ who: 'root' }], isComplete: true, output: 'a banner\n' });
    session.close();
    const { jobId } = service.devices.probe({ all: true });
    const job = await service.jobs.finished(jobId);
    expect(job).toMatchObject({ state: 'succeeded', result: [{ id: added.id, error: null }] });
  });
});
