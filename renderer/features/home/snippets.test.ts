import { describe, expect, it } from 'vitest';
import { localReference, localSnippets, pullSnippet, systemOf } from './snippets.ts';

const place = { host: 'registry.local', port: 5000, user: 'admin', caFile: '/data/ca/mooring-ca.crt' };
const codes = (system: 'linux' | 'macos' | 'windows') =>
  localSnippets(system, place).map((snippet) => snippet.code);

describe('snippets for this computer', () => {
  it('uses localhost on Linux, where no CA is needed', () => {
    expect(localReference('linux', place)).toBe('localhost:5000');
    expect(codes('linux')).toEqual([
      'docker login localhost:5000 -u admin',
      'docker tag my-app:1.0 localhost:5000/my-app:1.0\ndocker push localhost:5000/my-app:1.0',
    ]);
  });

  it('puts the CA where Docker Desktop looks, and uses the name', () => {
    expect(codes('macos')[0]).toBe(
      'mkdir -p ~/.docker/certs.d/registry.local:5000\ncp "/data/ca/mooring-ca.crt" ~/.docker/certs.d/registry.local:5000/ca.crt',
    );
    expect(codes('macos')[1]).toBe('docker login registry.local:5000 -u admin');
    expect(codes('windows')[0]).toContain('certs.d\\registry.local5000"');
  });

  it('pulls by the name on devices', () => {
    expect(pullSnippet(place).code).toBe('docker pull registry.local:5000/my-app:1.0');
    expect([
      pullSnippet(place).note.includes('log in'),
      pullSnippet(place, true).note.includes('log in'),
    ]).toEqual([false, true]);
    expect(pullSnippet({ host: 'fe80::1', port: 5000 }).code).toContain('[fe80::1]:5000/');
  });

  it('knows the systems', () => {
    expect(['darwin', 'win32', 'freebsd'].map(systemOf)).toEqual(['macos', 'windows', 'linux']);
  });
});
