import { describe, expect, it } from 'vitest';
import type { MarkedProof } from '#shared/model/devices.ts';
import type { MatrixCell } from '#shared/model/fleet.ts';
import { cellDetails, cellWords, columnWords, MARKS, proverWords, remarkOf } from './matrix-view.ts';

it('is green only by a pull that counts today', () => {
  const green = Object.entries(MARKS).filter(([, { tone }]) => tone === 'ok');
  expect(green.map(([mark]) => mark)).toEqual(['pulled']);
});

describe('a cell of the matrix', () => {
  const at = '2026-11-21T10:00:00.000Z';
  const now = Date.parse('2026-11-21T12:00:00.000Z');
  const proof: MarkedProof = {
    ...{ name: 'registry.local:5000', runtime: 'docker', user: null, level: 'engine' },
    ...{ isProven: true, fingerprint: 'AB:CD', code: null, message: 'Pulled', at, mark: 'pulled' },
  };
  const cell = (mark: MatrixCell['mark'], ...proofs: MarkedProof[]): MatrixCell => ({
    name: proof.name,
    runtime: proof.runtime,
    mark,
    proofs,
  });

  it('says how old its oldest pull is, or why there is none', () => {
    const newer = { ...proof, at: '2026-11-21T11:59:50.000Z' };
    expect(cellWords(cell('pulled', newer, proof), now)).toBe('2 h ago');
    const refused = { ...proof, isProven: false, code: 'NAME_UNREACHABLE' };
    expect(cellWords(cell('refused', proof, refused), now)).toBe('Cannot reach this name');
    expect(cellWords(cell('former-ca', proof), now)).toBe('Former CA');
    expect(cellWords(cell('former-name', proof), now)).toBe('Former name');
    expect(cellWords(cell('handshake', { ...refused, level: 'tls' }), now)).toBe('Handshake only');
  });

  it('tells time, user and CA of each proof', () => {
    const failed = { ...proof, user: 'op', isProven: false, fingerprint: null, message: 'no route' };
    const details = cellDetails(cell('refused', proof, failed)).split('\n');
    expect(details).toEqual([
      expect.stringContaining('Could not pull'),
      expect.stringContaining('21 Nov 2026'),
      'CA AB:CD',
      expect.stringMatching(/^op: 21 Nov 2026/),
      'no route',
    ]);
  });

  it('counts what pulls above its column', () => {
    const counts = { pulled: 1200, 'former-ca': 0, 'former-name': 0, refused: 2, handshake: 0, files: 1 };
    expect(columnWords({ name: 'a', runtime: 'podman-rootless', counts })).toBe(
      'Podman, rootless · 1,200 of 1,203',
    );
    expect(columnWords({ name: 'a', runtime: 'none', counts })).toMatch(/^No engine/);
  });
});

it('says whose engine it was', () => {
  expect(proverWords({ runtime: 'podman-rootless', user: 'op' })).toEqual({
    name: 'Podman',
    detail: 'rootless of op',
  });
  expect(proverWords({ runtime: 'docker', user: null })).toEqual({ name: 'Docker', detail: '' });
  expect(proverWords({ runtime: 'none', user: null }).name).toBe('No engine');
});

it('tells of a failure, and why a proof no longer counts', () => {
  const proof = { isProven: true, message: 'pulled' };
  expect(remarkOf({ ...proof, mark: 'pulled' })).toBe('');
  expect(remarkOf({ ...proof, mark: 'former-ca' })).toMatch(/a CA that is no longer used/);
  expect(remarkOf({ ...proof, mark: 'former-name' })).toMatch(/a name that the registry no longer has/);
  expect(remarkOf({ isProven: false, message: 'no route', mark: 'refused' })).toBe('no route');
});
