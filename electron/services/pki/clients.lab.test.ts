import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import { openStore, type Store } from '#electron/store/index.ts';
import { caChoice, leafOptions, type CaChoice } from '#shared/model/pki.ts';
import { permittedFor } from './constraints.ts';
import { createPki, type Pki } from './index.ts';
import { issueCa, issueLeaf } from './issue.ts';
import { generateKey, privatePem } from './keys.ts';

/** The certificates as OpenSSL, curl and Go clients see them, in network namespaces of their own (needs root). */
const { log } = createLogBook({});
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mooring-clients-'));
const root = path.resolve(import.meta.dirname, '../../..');
const stores: Store[] = [];
const servers: ChildProcess[] = [];
afterAll(async () => {
  for (const server of servers) {
    server.kill('SIGKILL');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  }
  for (const store of stores) store.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  code: number;
  output: string;
}
const run = (program: string, ...args: string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { encoding: 'utf8', timeout: 60_000 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });

const port = 5000;
const san = { names: ['registry.local'], addresses: ['192.168.1.20', '10.0.0.4', 'fd12::4'] };
/** Never loopback: Docker does not check certificates there. */
const dialled = ['registry.local', '192.168.1.20', '10.0.0.4'];

interface Island {
  /** Runs a shell command where registry.local is 192.168.1.20 and Docker trusts the CA file. */
  sh(command: string): Promise<Ended>;
}

/** A network with the addresses of the certificate, an /etc of its own, and the tiny registry in it. */
const startIsland = async (certFile: string, keyFile: string, caFile: string): Promise<Island> => {
  const script = `
    set -e
    ip link set lo up
    for address in 192.168.1.20/32 10.0.0.4/32 fd12::4/128; do ip address add $address dev lo; done
    mount -t tmpfs tmpfs /mnt; mkdir /mnt/up /mnt/tmp /mnt/home; echo '{}' > /mnt/home/config.json
    mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/up,workdir=/mnt/tmp /etc
    printf '127.0.0.1 localhost\\n192.168.1.20 registry.local\\n' > /etc/hosts
    for name in ${dialled.join(' ')}; do
      mkdir -p "/etc/docker/certs.d/$name:${port}"; cp '${caFile}' "/etc/docker/certs.d/$name:${port}/mooring-ca.crt"
    done
    exec '${process.execPath}' '${path.join(import.meta.dirname, 'tiny-registry.fixture.ts')}' '${certFile}' '${keyFile}' ${port}`;
  const server = spawn('unshare', ['--net', '--mount', '--propagation', 'private', 'sh', '-c', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  servers.push(server);
  const ready = once(server.stdout, 'data').then(([said]) => String(said));
  const ended = once(server, 'exit').then(([code]) => `ended with ${code}`);
  expect(await Promise.race([ready, ended])).toBe('ready\n');
  const enter = ['--net', '--mount', '--target', String(server.pid)];
  const home = 'export HOME=/mnt/home DOCKER_CONFIG=/mnt/home;';
  return { sh: (command) => run('nsenter', ...enter, 'sh', '-c', `${home} ${command}`) };
};

const podman = 'podman --root /mnt/images --runroot /mnt/run --storage-driver vfs';
const clients: [string, (reference: string, caFolder: string) => string][] = [
  ['skopeo', (reference, caFolder) => `skopeo inspect --raw --cert-dir ${caFolder} docker://${reference}`],
  ['podman', (reference, caFolder) => `${podman} pull --cert-dir ${caFolder} ${reference}`],
  ['docker', (reference) => `docker manifest inspect ${reference}`],
];

/** An EC root and an intermediate, made by OpenSSL as an operator would. */
const opensslAuthority = async (): Promise<CaChoice> => {
  const at = (name: string) => path.join(folder, name);
  fs.writeFileSync(
    at('middle.ext'),
    [
      'basicConstraints=critical,CA:true,pathlen:0',
      'keyUsage=critical,keyCertSign,cRLSign',
      'subjectKeyIdentifier=hash',
      'authorityKeyIdentifier=keyid',
    ].join('\n'),
  );
  const usage = '-addext keyUsage=critical,keyCertSign,cRLSign';
  const signer = `-CA ${at('root.crt')} -CAkey ${at('root.key')} -CAcreateserial -sha384 -days 1000`;
  const steps = [
    `ecparam -name secp384r1 -genkey -noout -out ${at('root.key')}`,
    `req -x509 -new -key ${at('root.key')} ${usage} -sha384 -days 3650 -subj /O=Acme/CN=Root -out ${at('root.crt')}`,
    `ecparam -name prime256v1 -genkey -noout -out ${at('middle.key')}`,
    `req -new -key ${at('middle.key')} -subj /O=Acme/CN=Issuing -out ${at('middle.csr')}`,
    `x509 -req -in ${at('middle.csr')} ${signer} -extfile ${at('middle.ext')} -out ${at('middle.crt')}`,
  ];
  for (const step of steps) expect(await run('openssl', ...step.split(' '))).toMatchObject({ code: 0 });
  const read = (name: string) => fs.readFileSync(at(name), 'utf8');
  return caChoice.parse({
    mode: 'import',
    certificatePem: read('middle.crt') + read('root.crt'),
    keyPem: read('middle.key'),
  });
};

const authorities: [string, () => Promise<CaChoice>][] = [
  ['a constrained RSA 4096 CA', async () => caChoice.parse({ mode: 'create' })],
  ['a constrained EC P-384 CA', async () => caChoice.parse({ mode: 'create', algorithm: 'ec-p384' })],
  ['an imported EC intermediate', opensslAuthority],
];

describe.each(authorities)('%s', (name, choose) => {
  let pki: Pki;
  let island: Island;
  beforeAll(async () => {
    const dataDir = path.join(folder, name.replaceAll(' ', '-'));
    const store = await openStore({ dataDir, log });
    stores.push(store);
    pki = createPki({ dataDir, store, log, hostName: () => 'workbench' });
    await pki.create(await choose(), leafOptions.parse({}), san);
    const { certFile, keyFile } = pki.serverFiles();
    island = await startIsland(certFile, keyFile, pki.caPem().file);
  });

  test('openssl verifies every name and address, strictly, and no other', async () => {
    const { certFile } = pki.serverFiles();
    const { names, addresses } = (await pki.state()).leaf ?? { names: [], addresses: [] };
    const given = ['-x509_strict', '-purpose', 'sslserver', '-CAfile', pki.caPem().file];
    const verify = (...check: string[]) => run('openssl', 'verify', ...given, ...check, certFile);
    expect([...names, ...addresses]).toHaveLength(9);
    for (const one of names)
      expect(await verify('-verify_hostname', one)).toEqual({ code: 0, output: `${certFile}: OK\n` });
    for (const one of addresses)
      expect(await verify('-verify_ip', one)).toEqual({ code: 0, output: `${certFile}: OK\n` });
    expect((await verify('-verify_hostname', 'other.local')).output).toContain('hostname mismatch');
  });

  test.each([...dialled, 'localhost', '127.0.0.1', '[fd12::4]'])('curl trusts it as %s', async (host) => {
    const url = `https://${host}:${port}/v2/`;
    const trusted = await island.sh(`curl -sS -g --noproxy '*' --cacert ${pki.caPem().file} '${url}'`);
    expect(trusted).toEqual({ code: 0, output: '{}' });
    expect(await island.sh(`curl -sS -g --noproxy '*' '${url}'`)).toMatchObject({ code: 60 });
  });

  test.each(clients)('%s trusts it by name and address', async (_client, command) => {
    const { file } = pki.caPem();
    for (const host of dialled) {
      const ended = await island.sh(command(`${host}:${port}/tiny:1`, path.dirname(file)));
      expect(ended, `${host}: ${ended.output}`).toMatchObject({ code: 0 });
    }
  });

  test.each(clients)('%s trusts it by nothing but this CA', async (_client, command) => {
    const ended = await island.sh(
      `mv /etc/docker/certs.d /etc/docker/away; mkdir -p /mnt/none; ${command(`registry.local:${port}/tiny:1`, '/mnt/none')};
       code=$?; mv /etc/docker/away /etc/docker/certs.d; exit $code`,
    );
    expect(ended.code).not.toBe(0);
    expect(ended.output).toContain('x509: certificate signed by unknown authority');
  });
});

describe('a leaf with one name outside the constraints', () => {
  const at = (name: string) => path.join(folder, 'outside', name);
  let island: Island;
  beforeAll(async () => {
    const now = new Date();
    const [caKey, key] = [await generateKey('ec-p256'), await generateKey('rsa-2048')];
    const permitted = permittedFor('workbench', []);
    const ca = issueCa({ key: caKey, hostName: 'workbench', years: 1, permitted, now });
    const names = ['registry.local', 'localhost', 'registry.example.com'];
    const { addresses } = san;
    const leaf = issueLeaf({ key, chain: [ca], caKey, days: 30, names, addresses, now });
    fs.mkdirSync(at('ca'), { recursive: true });
    fs.writeFileSync(at('ca/mooring-ca.crt'), ca.pem);
    fs.writeFileSync(at('server.crt'), leaf.pem + ca.pem);
    fs.writeFileSync(at('server.key'), privatePem(key), { mode: 0o600 });
    island = await startIsland(at('server.crt'), at('server.key'), at('ca/mooring-ca.crt'));
  });

  test('is refused by openssl and curl even for its permitted names', async () => {
    const ca = at('ca/mooring-ca.crt');
    const verify = await run(
      'openssl',
      'verify',
      '-CAfile',
      ca,
      '-verify_hostname',
      'localhost',
      at('server.crt'),
    );
    expect(verify.output).toContain('error 47 at 0 depth lookup: permitted subtree violation');
    for (const host of ['registry.local', '192.168.1.20', 'localhost']) {
      const curl = await island.sh(`curl -sS --noproxy '*' --cacert ${ca} https://${host}:${port}/v2/`);
      expect(curl).toMatchObject({ code: 60 });
    }
  });

  test.each(clients)('is refused by %s', async (_client, command) => {
    const ended = await island.sh(command(`registry.local:${port}/tiny:1`, at('ca')));
    expect(ended.code).not.toBe(0);
    expect(ended.output).toMatch(
      /x509: .*not (permitted by any constraint|authorized to sign for this name)/,
    );
  });
});
