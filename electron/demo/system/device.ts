import { createEngine, type EngineAbout } from './engine.ts';
import { type Folder, newFile, newFolder, type Node } from './files.ts';
import { createMachine, type Machine } from './machine.ts';
import type { PullPlace } from './pull.ts';

/** The systems that simulated devices run. */
export const systems = ['balena', 'debian'] as const;
export type System = (typeof systems)[number];

interface Model {
  release: string;
  kernel: string;
  architecture: string;
  engine: EngineAbout;
  /** Names under /etc that lead to the engine's folder. */
  links: readonly string[];
}

const models: Record<System, Model> = {
  balena: {
    release: 'ID="balena-os"\nNAME="balenaOS"\nVERSION_ID="6.1.24"\nPRETTY_NAME="balenaOS 6.1.24"\n',
    kernel: '6.1.77-v8',
    architecture: 'aarch64',
    engine: { program: 'balena-engine', version: '20.10.43', certs: '/etc/balena-engine/certs.d' },
    links: ['balena-engine', 'balena'],
  },
  debian: {
    release:
      'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    kernel: '6.1.0-26-amd64',
    architecture: 'x86_64',
    engine: { program: 'docker', version: '24.0.9', certs: '/etc/docker/certs.d' },
    links: [],
  },
};

const folderOf = (entries: Record<string, Node>, mode?: number): Folder => {
  const folder = newFolder(mode);
  for (const [name, node] of Object.entries(entries)) folder.entries.set(name, node);
  return folder;
};

const mounts = '/dev/root / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n';

const rootOf = (model: Model, hostName: string): Folder =>
  folderOf({
    etc: folderOf({
      docker: newFolder(),
      hostname: newFile(`${hostName}\n`),
      hosts: newFile(`127.0.0.1 localhost\n127.0.1.1 ${hostName}\n`),
      'os-release': newFile(model.release),
      ...Object.fromEntries(
        model.links.map((name): [string, Node] => [
          name,
          { kind: 'link', target: 'docker', mode: 0o777, uid: 0, gid: 0 },
        ]),
      ),
    }),
    dev: newFolder(),
    home: newFolder(),
    proc: folderOf({
      mounts: newFile(mounts, 0o444),
      self: folderOf({ mounts: newFile(mounts, 0o444) }),
      net: folderOf({ tcp: newFile('', 0o444), tcp6: newFile('', 0o444) }),
      sys: folderOf({ kernel: folderOf({ hostname: newFile(`${hostName}\n`, 0o444) }) }),
    }),
    root: newFolder(0o700),
    run: newFolder(),
    tmp: newFolder(0o1777),
    usr: folderOf({ bin: newFolder(), share: newFolder() }),
    var: folderOf({ lib: newFolder(), tmp: newFolder(0o1777) }),
  });

/** A simulated device of a system, as it comes out of the box. */
export const createDevice = (options: {
  system: System;
  hostName: string;
  now: () => Date;
  place: () => PullPlace | null;
}): Machine => {
  const { system, hostName, now, place } = options;
  const model = models[system];
  const { kernel, architecture, engine } = model;
  const program = createEngine(engine, place);
  return createMachine({
    about: { hostName, kernel, architecture },
    root: rootOf(model, hostName),
    programs: { [engine.program]: program },
    now,
  });
};
