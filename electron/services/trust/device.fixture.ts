import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { frameScript } from '#electron/services/devices/script/frame.ts';
import { createRecordReader } from '#electron/services/devices/script/records.ts';
import type { ScriptReading } from '#electron/services/devices/script/records.ts';
import type { Desired } from './script/desired.ts';
import { buildScript } from './script/build.ts';
import { normalisePem, sha256 } from './script/pem.ts';

/** All programs that the script may use; everything else of this computer is hidden from it. */
const programs =
  'base64 cat chmod chown cp date df ln ls mkdir mktemp mv openssl rm rmdir sed sh sha256sum sleep sync tail tr uname'.split(
    ' ',
  );

export const digest = `sha256:${'ab'.repeat(32)}`;
export const imageId = `sha256:${'cd'.repeat(32)}`;

/**
 * A docker that keeps its images as lines of a file and pulls what `answers` allows: a file named like the
 * reference holds the error text of its pull; without one the pull works.
 */
const fakeDocker = (state: string): string => `#!/bin/sh
PATH=/usr/bin:/bin
state=${state}
echo "$DOCKER_CONFIG $*" >>"$state/calls"
[ "$1" != -H ] || shift 2
case $1 in
  --version) echo 'Docker version 20.10' ;;
  images)
    if [ -e "$state/down" ]; then
      echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2
      exit 1
    fi
    cat "$state/images" ;;
  pull)
    shift
    reference=\${1%%/*}
    if [ -e "$state/answers/$reference" ]; then
      read -r answer <"$state/answers/$reference"
      case $answer in
        sleep*) exec $answer ;;
      esac
      echo "$answer" >&2
      exit 1
    fi
    echo "${imageId} $1 ${digest}" >>"$state/images"
    echo "$1" >>"$state/pulled" ;;
  rmi)
    shift
    for image in "$@"; do
      while read -r id name rest; do
        [ "$name" = "$image" ] || echo "$id $name $rest"
      done <"$state/images" >"$state/images.new"
      mv "$state/images.new" "$state/images"
    done ;;
esac
`;

export const caPem = normalisePem(
  `-----BEGIN CERTIFICATE-----\n${Buffer.from('a certificate authority '.repeat(40)).toString('base64')}\n-----END CERTIFICATE-----\n`,
);
export const otherPem = normalisePem(
  `-----BEGIN CERTIFICATE-----\n${Buffer.from('another one '.repeat(40)).toString('base64')}\n-----END CERTIFICATE-----\n`,
);

const day = 86_400_000;

/** A push of the CA by one name to a device that has nothing special. */
export const desired = (patch: Partial<Desired> = {}): Desired => ({
  mode: 'push',
  caPem,
  caSha256: sha256(caPem),
  validity: { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 30 * day) },
  folders: ['registry.local:5000', '192.168.1.20:5000', '[fd00::1]:5000'],
  references: [
    { reference: 'registry.local:5000', tags: ['one', 'four'] },
    { reference: '192.168.1.20:5000', tags: ['two', 'five'] },
    { reference: '[fd00::1]:5000', tags: ['three', 'six'] },
  ],
  probe: 'mooring/probe',
  pullSeconds: 20,
  ...patch,
});

interface BodyOptions {
  shell?: string[];
  functions?: string;
  onRecord?: (record: unknown) => void;
}

export interface FakeDevice {
  root: string;
  /** `/etc/docker/certs.d` of the device. */
  certs: string;
  state: string;
  bin: string;
  /** Its folder for temporary files. */
  temporary: string;
  run(wanted: Desired, options?: Omit<BodyOptions, 'functions'>): Promise<ScriptReading>;
  /** Runs a bare body as a session would. */
  runBody(body: string, options?: BodyOptions): Promise<ScriptReading>;
  /** The same for a body that was built for a real device. */
  runHere(body: string, options: BodyOptions): Promise<ScriptReading>;
  /** Where root and programs of the device lie, for `Desired`. */
  place: { root: string; path: string };
  /** Every file and folder under `/etc` with mode and content. */
  snapshot(): Promise<Record<string, string>>;
  addEngine(name: string): Promise<void>;
  /** Someone with a home and such folders in it; returns the home. Commands run "as" them are noted in `as`. */
  addUser(name: string, folders: string[]): Promise<string>;
  remove(): Promise<void>;
}

const snapshotOf = async (root: string): Promise<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const entry of await fs.readdir(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const { mode } = await fs.lstat(file);
    const content = entry.isFile()
      ? sha256(await fs.readFile(file))
      : entry.isDirectory()
        ? 'folder'
        : 'other';
    found[path.relative(root, file)] = `${(mode & 0o7777).toString(8)} ${content}`;
  }
  return found;
};

/** A device as a folder with its own programs, on which the real script runs under a real shell. */
export const createFakeDevice = async (
  options: { engines?: string[]; os?: string; without?: string[] } = {},
): Promise<FakeDevice> => {
  const home = await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-device-'));
  const [root, bin, state, temporary] = ['root', 'bin', 'state', 'tmp'].map((name) =>
    path.join(home, name),
  ) as [string, string, string, string];
  await fs.mkdir(path.join(root, 'etc/docker'), { recursive: true });
  await fs.mkdir(path.join(state, 'answers'), { recursive: true });
  await fs.mkdir(bin);
  await fs.mkdir(temporary);
  await fs.writeFile(path.join(state, 'images'), '');
  await fs.writeFile(path.join(root, 'etc/os-release'), `ID=${options.os ?? 'debian'}\nVERSION_ID="12"\n`);
  for (const program of programs) {
    if (options.without?.includes(program)) continue;
    for (const folder of ['/usr/bin', '/bin']) {
      const file = path.join(folder, program);
      if (
        await fs.access(file).then(
          () => true,
          () => false,
        )
      ) {
        await fs.symlink(file, path.join(bin, program));
        break;
      }
    }
  }
  const addEngine = (name: string) => fs.writeFile(path.join(bin, name), fakeDocker(state), { mode: 0o755 });
  for (const engine of options.engines ?? ['docker']) await addEngine(engine);
  const curl = `#!/bin/sh
code=000
if [ -e '${state}/shakes' ]; then code=200; fi
while [ "$#" -gt 0 ]; do
  if [ "$1" = -w ]; then
    [ "$code" = 200 ] || echo 'curl: (6) Could not resolve host: x'
    echo "\${2%%[%]*}$code"
  fi
  shift
done
`;
  await fs.writeFile(path.join(bin, 'curl'), curl, { mode: 0o755 });
  const addUser = async (name: string, folders: string[]): Promise<string> => {
    const home = path.join(root, 'home', name);
    for (const folder of folders) await fs.mkdir(path.join(home, folder), { recursive: true });
    await fs.appendFile(path.join(root, 'etc/passwd'), `${name}:x:1000:1000:,,,:/home/${name}:/bin/false\n`);
    // The home of the real user is in $root; the shell sees it as the script does.
    const runuser = `#!/bin/sh\necho "$2" >>'${state}/as'\nshift 3\nexec "$@"\n`;
    await fs.writeFile(path.join(bin, 'runuser'), runuser, { mode: 0o755 });
    return home;
  };
  const place = { root, path: bin };

  const runBody: FakeDevice['runBody'] = async (
    body,
    { shell = ['sh', '-s'], functions = '', onRecord } = {},
  ) => {
    const [program = 'sh', ...args] = shell;
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, TMPDIR: temporary },
    });
    const reader = createRecordReader({ nonce: 'test', ...(onRecord && { onRecord }) });
    child.stdout.on('data', (chunk: Buffer) => reader.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => reader.push(chunk));
    child.stdin.end(frameScript(body, { nonce: 'test', limitSeconds: 60, functions }));
    await new Promise((resolve) => child.once('close', resolve));
    return reader.reading();
  };

  return {
    root,
    certs: path.join(root, 'etc/docker/certs.d'),
    state,
    bin,
    temporary,
    place,
    addEngine,
    addUser,
    runBody,
    runHere: (body, how) =>
      runBody(body.replace(/^PATH=.*$/m, `PATH='${bin}'`).replace(/^root=''$/m, `root='${root}'`), how),
    run(wanted, how) {
      const { body, functions } = buildScript({ ...wanted, ...place });
      return runBody(body, { ...how, functions });
    },
    snapshot: () => snapshotOf(path.join(root, 'etc')),
    remove: () => fs.rm(home, { recursive: true, force: true }),
  };
};
