import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { InsideProcess, Lab } from './index.ts';

export interface PlainRegistry {
  /** PEM of a CA made by openssl, nothing of Mooring's. */
  caFile: string;
  stop(): Promise<void>;
}

/**
 * CNCF Distribution on the lab's computer, at `registry.local:5000` by avahi. Shows that the lab itself is sound: what fails
 * against Mooring and works here is Mooring's.
 */
export const startPlainRegistry = async (lab: Lab): Promise<PlainRegistry> => {
  const folder = path.join(lab.folder, 'plain-registry');
  fs.mkdirSync(path.join(folder, 'data'), { recursive: true });
  makeCertificates(folder, 'registry.local');
  fs.writeFileSync(
    path.join(folder, 'config.yml'),
    [
      'version: 0.1',
      `storage: {filesystem: {rootdirectory: ${folder}/data}}`,
      `http: {addr: ":5000", tls: {certificate: ${folder}/leaf.crt, key: ${folder}/leaf.key}}`,
    ].join('\n'),
  );
  fs.writeFileSync(path.join(folder, 'avahi.conf'), '[server]\nhost-name=registry\nenable-dbus=no\n');
  const started = [
    await startDaemon(lab, ['docker-registry', 'serve', path.join(folder, 'config.yml')], 'listening on'),
    await startDaemon(
      lab,
      ['avahi-daemon', '-f', path.join(folder, 'avahi.conf'), '--no-drop-root', '--no-chroot'],
      'Server startup complete',
    ),
  ];
  return {
    caFile: path.join(folder, 'ca.crt'),
    async stop() {
      for (const daemon of started) daemon.signal('TERM');
      await Promise.all(started.map((daemon) => daemon.ended));
    },
  };
};

/** Starts a program and waits until it says `sign` on stderr. */
const startDaemon = async (lab: Lab, argv: string[], sign: string): Promise<InsideProcess> => {
  const daemon = lab.spawn(argv);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    daemon.child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(sign)) resolve();
    });
    void daemon.ended.then((end) => {
      reject(new Error(`${argv[0] ?? ''} ended: ${end.stderr}`));
    });
  });
  return daemon;
};

const makeCertificates = (folder: string, name: string): void => {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-subj', '/CN=lab CA', '-keyout', 'ca.key', '-out', 'ca.crt');
  const issuedByCa = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-addext', `subjectAltName=DNS:${name}`];
  openssl(
    'req',
    '-x509',
    ...key,
    ...issuedByCa,
    '-subj',
    '/CN=leaf',
    '-keyout',
    'leaf.key',
    '-out',
    'leaf.crt',
  );
};
