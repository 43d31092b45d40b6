import { expect, test } from 'vitest';
import { deviceReferences, foldersOf, wrongFoldersOf } from './references.ts';

test('loopback, zones and doubles are left out, the order stays', () => {
  expect(
    deviceReferences([
      'registry.local:5000',
      'localhost:5000',
      '127.0.0.1:5000',
      '[::1]:5000',
      '[fe80::1%eth0]:5000',
      '../../etc:5000',
      '192.168.1.20:5000',
      'registry.local:5000',
      '[fd00::1]:5000',
    ]),
  ).toEqual(['registry.local:5000', '192.168.1.20:5000', '[fd00::1]:5000']);
});

test('port 443 may be left out of an image name, so it has two folders', () => {
  expect(foldersOf(['registry.local:443', '[fd00::1]:443', 'a.lan:5000'])).toEqual([
    'registry.local',
    'registry.local:443',
    '[fd00::1]',
    '[fd00::1]:443',
    'a.lan:5000',
  ]);
});

test('a folder for port 443 is not one for another port', () => {
  expect(wrongFoldersOf(['registry.local:5000', '[fd00::1]:5000'])).toEqual([
    { folder: 'registry.local', name: 'registry.local:5000' },
    { folder: 'registry.local:443', name: 'registry.local:5000' },
    { folder: '[fd00::1]', name: '[fd00::1]:5000' },
    { folder: '[fd00::1]:443', name: '[fd00::1]:5000' },
  ]);
  expect(wrongFoldersOf(['registry.local:443', 'registry.local:5000'])).toEqual([]);
});
