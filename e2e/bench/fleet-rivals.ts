import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Device, Lab } from '../lab/index.ts';
import { knownHostsOf } from './fleet-lab.ts';

/** Another way to put one file on every device. */
export interface Rival {
  title: string;
  /** Debian package that it needs; it is left out when it is missing. */
  package?: string;
  isThere(): boolean;
  /** Seconds. */
  run(): Promise<{ wall: number; cpu: number }>;
}

/** Where all of them put the file: the folder of one name. */
export const rivalFile = '/etc/docker/certs.d/registry.local:5000/mooring-ca.crt';
const folder = '/etc/docker/certs.d/registry.local:5000';

/** The same work for all: a folder and the CA in it. None of them looks at what is there, proves, or remembers anything. */
export const createRivals = (
  lab: Lab,
  devices: readonly Device[],
  caFile: string,
): Record<'defaults' | 'curve25519' | 'pssh' | 'ansible', Rival> => {
  const place = (name: string) => join(lab.folder, name);
  writeFileSync(place('known_hosts'), knownHostsOf(lab, devices));
  writeFileSync(place('hosts'), devices.map(({ address }) => `${address}\n`).join(''));
  writeFileSync(
    place('ssh_config'),
    [
      'User root',
      `IdentityFile ${lab.keyFile}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${place('known_hosts')}`,
      'BatchMode yes',
      'LogLevel ERROR',
      '',
    ].join('\n'),
  );
  const ssh = ['ssh', '-F', place('ssh_config')];
  const copy = `mkdir -p ${folder} && cat >${rivalFile}`;
  const byXargs = (options: string[]) =>
    time(lab, [
      'xargs',
      ...['-a', place('hosts'), '-P', '32', '-I', '{}', 'sh', '-c', `exec "$@" <${caFile}`, 'sh'],
      ...[...ssh, ...options, '{}', copy],
    ]);
  const pssh = async () => {
    const common = ['-p', '32', '-h', place('hosts'), '-x', `-F ${place('ssh_config')}`];
    const made = await time(lab, ['parallel-ssh', ...common, `mkdir -p ${folder}`]);
    const sent = await time(lab, ['parallel-scp', ...common, caFile, rivalFile]);
    return { wall: made.wall + sent.wall, cpu: made.cpu + sent.cpu };
  };
  writeFileSync(place('play.json'), JSON.stringify(play(caFile)));
  writeFileSync(place('ansible.cfg'), '[defaults]\nforks = 50\ninterpreter_python = /usr/bin/python3\n');
  const ansible = (turn: number) =>
    time(lab, ['ansible-playbook', '-i', place('hosts'), place('play.json')], {
      ANSIBLE_CONFIG: place('ansible.cfg'),
      ANSIBLE_SSH_EXTRA_ARGS: `-F ${place('ssh_config')}`,
      ANSIBLE_SSH_CONTROL_PATH_DIR: `/tmp/${lab.id}-${turn}`,
      HOME: lab.folder,
    });
  let turns = 0;
  const isRunnable = (program: string) => () => existsSync(`/usr/bin/${program}`);
  return {
    defaults: { title: 'xargs -P 32 ssh, defaults', isThere: () => true, run: () => byXargs([]) },
    curve25519: {
      title: 'xargs -P 32 ssh, curve25519',
      isThere: () => true,
      run: () => byXargs(['-o', 'KexAlgorithms=curve25519-sha256']),
    },
    pssh: { title: 'parallel-ssh and -scp', package: 'pssh', isThere: isRunnable('parallel-ssh'), run: pssh },
    ansible: {
      title: 'Ansible, 50 forks',
      package: 'ansible-core',
      isThere: isRunnable('ansible-playbook'),
      run: () => ansible((turns += 1)),
    },
  };
};

const play = (caFile: string) => [
  {
    hosts: 'all',
    gather_facts: false,
    tasks: [
      { file: { path: folder, state: 'directory', mode: '0755' } },
      { copy: { src: caFile, dest: rivalFile, mode: '0644' } },
    ],
  },
];

/** Wall and processor time of a command and all that it waited for. */
const time = async (
  lab: Lab,
  argv: string[],
  env: Record<string, string> = {},
): Promise<{ wall: number; cpu: number }> => {
  const script = 'TIMEFORMAT="took %R %U %S"; time "$@"';
  const { status, stdout, stderr } = await lab.run(['bash', '-c', script, 'bash', ...argv], {
    env: { LC_ALL: 'C.UTF-8', ...env },
  });
  const [, wall, user, system] = /took ([\d.]+) ([\d.]+) ([\d.]+)\n$/.exec(stderr) ?? [];
  if (status !== 0 || !wall)
    throw new Error(`${argv[0] ?? ''} ended with ${status}: ${stderr}\n${stdout.slice(-2000)}`);
  return { wall: Number(wall), cpu: Number(user) + Number(system) };
};
