import { expect, test } from 'vitest';
import { atOnce } from '#electron/slices.ts';
import { readSshConfig } from './ssh-config.ts';

const around = { home: '/home/me', user: 'me' };
const read = (text: string) => atOnce(readSshConfig(text, around));
const short = (text: string) =>
  read(text).drafts.map(({ name, address, user, port, keyFile }) => [name, address, user, port, keyFile]);

test('patterns give their options to concrete hosts, the first that is found counts', () => {
  const text = `
# The fleet
Host gate-1 gate-2
  HostName %h.plant.local
  Port=2222
Host gate-* !gate-2
  User pi
  IdentityFile ~/.ssh/gates
Host door
  HostName "10.0.0.9"   # at the back
  IdentityFile %d/keys/%n_%r
Host *
  User root
  Port 22
  IdentityFile ~/.ssh/all`;
  expect(short(text)).toEqual([
    ['gate-1', 'gate-1.plant.local', 'pi', '2222', '/home/me/.ssh/gates'],
    ['gate-2', 'gate-2.plant.local', 'root', '2222', '/home/me/.ssh/all'],
    ['door', '10.0.0.9', 'root', '22', '/home/me/keys/door_root'],
  ]);
  expect(read(text).drafts[0]?.line).toBe(3);
});

test('options before the first host hold for all, and keywords know no case', () => {
  expect(short('USER admin\r\nhost a\r\nHOSTNAME fe80::1%eth0\r\nuser other')).toEqual([
    ['a', 'fe80::1%eth0', 'admin', '', ''],
  ]);
});

test('what is not followed is said, and jumps and Git servers are left out', () => {
  const text = `Include config.d/*
Host a
  ProxyJump bastion
Host b
  ProxyCommand ssh -W %h:%p bastion
Host c
  ProxyJump none
  IdentityFile none
Host github.com
  User git
Match user root
  Port 99
Match all
  User last`;
  const { drafts, notes } = read(text);
  expect(drafts.map(({ name, skip }) => [name, skip])).toEqual([
    ['a', 'it is reached through bastion, and jump hosts are not supported yet'],
    ['b', 'it is reached by a ProxyCommand, which is not supported'],
    ['c', ''],
    ['github.com', 'its user is "git": a Git server, no device'],
  ]);
  expect(drafts[2]).toMatchObject({ user: 'last', port: '', keyFile: '' });
  expect(notes).toEqual([
    'Line 1: "Include config.d/*" is not followed; import that file as well.',
    'Line 11: "Match user root" is not followed.',
  ]);
});

test('a line that says nothing is named', () => {
  expect(read('Host a\nHostName\n').problems).toMatchObject([{ line: 2, field: 'line' }]);
});
