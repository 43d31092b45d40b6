import { describe, expect, test } from 'vitest';
import { atOnce } from '#electron/slices.ts';
import { expandHosts } from './ansible.ts';
import { readText } from './read.ts';

const around = { home: '/home/me', user: 'me' };
const read = (text: string, fileName?: string) =>
  atOnce(readText({ format: 'ansible', text, fileName }, around));
const short = (text: string) =>
  read(text).drafts.map(({ name, address, user, port, group, tags }) => [
    name,
    address,
    user,
    port,
    group,
    tags,
  ]);

const ini = `
lone ansible_host=10.0.0.1

[gates]
gate-[01:03].plant.local
gate-x ansible_host="10.0.0.9" ansible_user=admin   # at the back

[lines]
line-[a:b]:2222 ansible_password='p w'
gate-x

[plant:children]
gates
lines

[gates:vars]
ansible_user=pi
ansible_ssh_private_key_file=keys/gates

[plant:vars]
ansible_user=nobody
ansible_become_password = secret
[all:vars]
ansible_port=2200
`;

const yaml = `
all:
  vars:
    ansible_port: 2200
  hosts:
    lone: { ansible_host: 10.0.0.1 }
  children:
    plant:
      vars: &plant
        ansible_user: nobody
        ansible_become_password: secret
      children:
        gates:
          hosts:
            gate-[01:03].plant.local:
            gate-x:
              ansible_host: 10.0.0.9
              ansible_user: admin
          vars:
            <<: *plant
            ansible_user: pi
            ansible_ssh_private_key_file: keys/gates
        lines:
          hosts:
            "line-[a:b]:2222":
              ansible_password: p w
            gate-x:
`;

describe.each([
  ['INI', ini],
  ['YAML', yaml],
])('%s', (_, text) => {
  test('groups, ranges and variables', () => {
    expect(short(text)).toEqual([
      ['lone', '10.0.0.1', '', '2200', '', []],
      ['gate-01.plant.local', 'gate-01.plant.local', 'pi', '2200', 'gates', ['plant']],
      ['gate-02.plant.local', 'gate-02.plant.local', 'pi', '2200', 'gates', ['plant']],
      ['gate-03.plant.local', 'gate-03.plant.local', 'pi', '2200', 'gates', ['plant']],
      ['gate-x', '10.0.0.9', 'admin', '2200', 'gates', ['lines', 'plant']],
      ['line-a', 'line-a', 'nobody', '2200', 'lines', ['plant']],
      ['line-b', 'line-b', 'nobody', '2200', 'lines', ['plant']],
    ]);
  });

  test('keys and passwords', () => {
    const { drafts, notes, problems } = read(text, '/etc/fleet/hosts');
    const gate = drafts.find(({ name }) => name === 'gate-x');
    expect([gate?.keyFile, gate?.password]).toEqual(['/etc/fleet/keys/gates', null]);
    expect(gate?.sudoPassword?.reveal()).toBe('secret');
    expect(drafts.at(-1)?.password?.reveal()).toBe('p w');
    expect(JSON.stringify([drafts, notes, problems])).not.toMatch(/p w|secret/);
  });
});

test('hosts that Ansible does not reach by SSH, or only through another, are left out', () => {
  const text = `
here ansible_connection=local
far ansible_ssh_common_args='-o ProxyJump=bastion'
near ansible_connection=ssh`;
  expect(read(text).drafts.map(({ name, skip }) => [name, skip])).toEqual([
    ['here', 'Ansible reaches it by "local", not by SSH'],
    ['far', 'it is reached through a jump host, which is not supported yet'],
    ['near', ''],
  ]);
});

test('what only Ansible could work out is named with its line', () => {
  expect(read('a ansible_host={{ip}}').problems).toMatchObject([{ line: 1, field: 'ansible_host' }]);
  const vault =
    'all:\n  hosts:\n    a:\n      ansible_password: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        61\n';
  expect(read(vault).problems).toMatchObject([{ line: 3, field: 'ansible_password' }]);
  expect(read('$ANSIBLE_VAULT;1.1;AES256\n6162').problems).toMatchObject([{ field: 'file' }]);
  expect(read('plugin: amazon.aws.aws_ec2\nregions:\n  - x\n').problems).toMatchObject([
    { line: 1, next: 'Import the output of `ansible-inventory --list --yaml` instead.' },
  ]);
  expect(read('all:\n  hosts:\n  - a\n').problems).toMatchObject([
    { line: 3, problem: '"hosts" is no mapping of names' },
  ]);
  expect(read('all:\n hosts: {\n', 'x.yml').problems[0]?.next).toBe('Correct the YAML.');
  expect(read('[a:wrong]\nhost "x\n').problems.map(({ line }) => line)).toEqual([1, 2]);
  expect(read('web[9:1]\n').problems).toMatchObject([{ line: 1 }]);
});

test('aliases that blow up, and groups that hold each other, end', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'.split('').map((name, index) => {
      const before = String.fromCharCode(name.charCodeAt(0) - 1);
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]${index < 0 ? '' : ''}`;
    }),
  ].join('\n');
  expect(read(`${bomb}\n`, 'x.yml').drafts).toEqual([]);
  expect(short('[a]\nhost\n[a:children]\nb\n[b:children]\na\n')).toEqual([
    ['host', 'host', '', '', 'a', ['b']],
  ]);
  expect(expandHosts('x[0:99999][0:99999]')).toEqual([]);
});

test('ranges', () => {
  expect(expandHosts('www[01:03]')).toEqual(['www01', 'www02', 'www03']);
  expect(expandHosts('a[0:4:2]-[x:y]')).toEqual(['a0-x', 'a0-y', 'a2-x', 'a2-y', 'a4-x', 'a4-y']);
  expect(expandHosts('[2001:db8::7]:2222')).toEqual(['[2001:db8::7]:2222']);
  expect(short('[2001:db8::7]:2222 ansible_user=pi')).toEqual([
    ['2001:db8::7', '2001:db8::7', 'pi', '2222', '', []],
  ]);
});

describe('the format is recognised', () => {
  const formatOf = (text: string, fileName?: string) =>
    atOnce(readText({ format: 'auto', text, fileName }, around)).format;
  test.each([
    ['csv', 'name;address\na;10.0.0.1', undefined],
    ['csv', 'anything', 'fleet.csv'],
    ['ssh-config', '# x\nHost a\n HostName b', undefined],
    ['ansible', '[gates]\na', undefined],
    ['ansible', 'all:\n  hosts:\n    a:', undefined],
    ['ansible', '10.0.0.1\n10.0.0.2\n', undefined],
  ] as const)('%s', (format, text, fileName) => {
    expect(formatOf(text, fileName)).toBe(format);
  });

  test('or said not to be', () => {
    const { problems } = atOnce(
      readText({ format: 'auto', text: 'Dear all, here are the devices.' }, around),
    );
    expect(problems).toMatchObject([{ line: 1, field: 'format' }]);
  });
});

test('what YAML takes for a number stays as it is written', () => {
  const host = (name: string, password: string) => `    ${name}:\n      ansible_password: ${password}\n`;
  const { drafts } = read(`all:\n  hosts:\n${host('10.10', '0012')}${host('1e3', '12345678901234567890')}`);
  expect(drafts.map(({ name, password }) => [name, password?.reveal()])).toEqual([
    ['10.10', '0012'],
    ['1e3', '12345678901234567890'],
  ]);
});
