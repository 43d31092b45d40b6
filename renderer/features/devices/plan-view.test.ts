import { describe, expect, it } from 'vitest';
import type { TrustChange } from '#shared/model/trust.ts';
import { foreignPaths } from './plan-view.ts';

const change = (patch: Partial<TrustChange>): TrustChange => ({
  action: 'keep',
  kind: 'file',
  path: '/etc/docker/certs.d/r:5000/ca.crt',
  beforeSha256: null,
  afterSha256: null,
  mode: '0644',
  note: '',
  user: null,
  text: null,
  ...patch,
});

describe('foreign files', () => {
  it('are kept files with something to say about them', () => {
    expect(
      foreignPaths([
        change({ note: "not Mooring's" }),
        change({ path: '/ours' }),
        change({ path: '/folder', kind: 'folder', note: 'not empty' }),
        change({ path: '/new', action: 'create', note: 'new' }),
      ]),
    ).toEqual(['/etc/docker/certs.d/r:5000/ca.crt']);
  });
});
