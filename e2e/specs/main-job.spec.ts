import fs from 'node:fs';
import path from 'node:path';
import { writeImage } from '../lab/image.ts';
import type { Device } from '../lab/index.ts';
import { expect, test } from '../pages/fixtures.ts';

const reference = 'registry.local:5000/demo/hello:latest';
const unknownAuthority = 'x509: certificate signed by unknown authority';

const pull = async (device: Device) => {
  await device.engine('rmi', '-f', reference);
  return device.engine('pull', '-q', reference);
};

test('from an empty folder to devices that pull, and back', async ({
  app,
  page,
  lab,
  computer,
  addDevice,
}) => {
  const [gate, box] = await Promise.all([
    addDevice({ profile: 'balena', name: 'gate' }),
    addDevice({ profile: 'debian', name: 'box' }),
  ]);
  const password = await test.step('create the registry', async () => {
    await app.firstRun.complete();
    await expect(page.getByRole('status')).toContainText('registry.local:5000 is serving');
    return app.firstRun.copyPassword();
  });

  const digest = await test.step('push an image with skopeo, outside the app', async () => {
    const ca = path.join(computer.home, 'ca/ca.crt');
    fs.mkdirSync(path.dirname(ca));
    expect(await computer.mooring(['ca', 'export', ca])).toMatchObject({ status: 0 });
    const login =
      (await app.firstRun.snippet('Log in').innerText()).match(/(?:-u|--username) (\S+)/)?.[1] ?? '';
    const written = writeImage(path.join(computer.home, 'image'), 'main job');
    const pushed = await lab.run(
      [
        'skopeo',
        'copy',
        '-q',
        '--dest-cert-dir',
        path.dirname(ca),
        '--dest-creds',
        `${login}:${password}`,
      ].concat(
        `oci:${computer.home}/image:latest`,
        `docker://${lab.network.hostAddress}:5000/demo/hello:latest`,
      ),
    );
    expect(pushed).toMatchObject({ status: 0 });
    return written;
  });

  await test.step('no device trusts it yet', async () => {
    for (const device of [gate, box]) expect((await pull(device)).stderr).toContain(unknownAuthority);
  });

  await test.step('add both devices', async () => {
    await page.getByRole('button', { name: 'Add devices' }).click();
    await expect(app.status('Registry')).toContainText('registry.local:5000');
    await app.devices.add(gate);
    await app.devices.add(box);
    for (const device of [gate, box]) await app.devices.expectTrust(device, 'No trust yet');
  });

  await test.step('push trust and see both green', async () => {
    await app.devices.act('Push trust', gate, box);
    await app.run.expectEnd('Done');
    await app.open('Devices');
    for (const device of [gate, box]) await app.devices.expectTrust(device, 'Can pull');
    await app.devices.link(gate).click();
    await expect(app.device.table('Proofs').getByRole('row', { name: 'registry.local:5000' })).toBeVisible();
  });

  await test.step('the engine of each device pulls it', async () => {
    for (const device of [gate, box]) {
      expect(await pull(device)).toMatchObject({ status: 0, stdout: `${reference}\n` });
      const pid = device.enginePid();
      expect(fs.readlinkSync(`/proc/${pid}/ns/pid`)).toBe(
        fs.readlinkSync(`/proc/${device.machine.pid}/ns/pid`),
      );
    }
    const images = await gate.exec(['balena', 'images', '--digests']);
    expect(images.stdout).toMatch(new RegExp(`^registry.local:5000/demo/hello +latest +${digest} `, 'm'));
    expect(images.stdout).not.toContain('mooring/probe');
  });

  await test.step('undo, and it fails again', async () => {
    await app.open('Devices');
    await app.devices.act('Undo', gate, box);
    await app.run.expectEnd('Done');
    await app.open('Devices');
    for (const device of [gate, box]) {
      await app.devices.expectTrust(device, 'No trust yet');
      expect((await pull(device)).stderr).toContain(unknownAuthority);
      expect((await device.exec('ls -A /etc/docker/certs.d')).stdout).toBe('');
    }
  });
});
