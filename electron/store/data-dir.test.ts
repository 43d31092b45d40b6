import { expect, test } from 'vitest';
import { defaultDataDir } from './data-dir.ts';

test.each([
  ['linux', '/home/kim', {}, '/home/kim/.local/share/mooring'],
  ['linux', '/home/kim', { XDG_DATA_HOME: '/data/kim' }, '/data/kim/mooring'],
  ['linux', '/home/kim', { XDG_DATA_HOME: 'relative' }, '/home/kim/.local/share/mooring'],
  ['darwin', '/Users/kim', { XDG_DATA_HOME: '/x' }, '/Users/kim/Library/Application Support/Mooring'],
  ['win32', 'C:\\Users\\kim', {}, 'C:\\Users\\kim\\AppData\\Local\\Mooring'],
  ['win32', 'C:\\Users\\kim', { LOCALAPPDATA: 'D:\\local' }, 'D:\\local\\Mooring'],
  ['linux', '/home/kim', { MOORING_DATA: '/srv/m/../mooring' }, '/srv/mooring'],
  ['win32', 'C:\\Users\\kim', { MOORING_DATA: 'E:\\mooring\\' }, 'E:\\mooring'],
  ['linux', '/home/kim', { MOORING_DATA: '' }, '/home/kim/.local/share/mooring'],
] as const)('%s %s %j', (platform, home, env, expected) => {
  expect(defaultDataDir(env, platform, home)).toBe(expected);
});
