import { describe, expect, it } from 'vitest';
import { links, parseRoute } from './route.ts';

describe('routes', () => {
  it('reads what links write', () => {
    expect(parseRoute(links.home)).toEqual({ page: 'home' });
    expect(parseRoute('')).toEqual({ page: 'home' });
    expect(parseRoute(links.devices)).toEqual({ page: 'devices' });
    expect(parseRoute(links.device('a/b c'))).toEqual({ page: 'device', id: 'a/b c', tab: 'overview' });
    expect(parseRoute(links.device('x', 'files'))).toEqual({ page: 'device', id: 'x', tab: 'files' });
    expect(parseRoute(links.storage)).toEqual({ page: 'storage' });
    expect(links.job({ id: '7', kind: 'registry.gc' })).toBe(links.storage);
    expect(links.job({ id: '7', kind: 'trust.push' })).toBe(links.run('7'));
    expect(parseRoute(links.run('7'))).toEqual({ page: 'run', id: '7' });
  });

  it('does not guess', () => {
    expect(parseRoute('#/moon')).toEqual({ page: 'unknown', hash: '#/moon' });
    expect(parseRoute('#/devices/%E0%A4%A')).toMatchObject({ page: 'device' });
  });
});
