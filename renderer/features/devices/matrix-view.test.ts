import { expect, it } from 'vitest';
import { proofWords, proverWords, remarkOf } from './matrix-view.ts';

it('is green only by a pull of the engine', () => {
  expect(proofWords({ level: 'engine', isProven: true }).tone).toBe('ok');
  expect(proofWords({ level: 'tls', isProven: true })).toEqual({
    tone: 'idle',
    label: 'Handshake only',
  });
  expect(proofWords({ level: 'files', isProven: true }).tone).toBe('idle');
  expect(proofWords({ level: 'engine', isProven: false }).tone).toBe('warn');
  expect(proofWords({ level: 'tls', isProven: false }).tone).toBe('warn');
});

it('says whose engine it was', () => {
  expect(proverWords({ runtime: 'podman-rootless', user: 'op' })).toEqual({
    name: 'Podman',
    detail: 'rootless of op',
  });
  expect(proverWords({ runtime: 'docker', user: null })).toEqual({ name: 'Docker', detail: '' });
  expect(proverWords({ runtime: 'none', user: null }).name).toBe('No engine');
});

it('tells of a failure, and of a proof by another CA', () => {
  const proof = { isProven: true, message: 'pulled', fingerprint: 'AB' };
  expect(remarkOf(proof, 'AB')).toBe('');
  expect(remarkOf(proof, 'CD')).toBe('by the CA of before');
  expect(remarkOf({ ...proof, fingerprint: null }, 'CD')).toBe('');
  expect(remarkOf({ isProven: false, message: 'no route', fingerprint: null }, 'CD')).toBe('no route');
});
