import { describe, expect, it } from 'vitest';
import type { AddressCandidate } from '#shared/model/names.ts';
import { isNamePermitted, namesOutside } from './permitted.ts';
import { chosenAddresses, emptySetup, setupChecks, toSetupInput } from './setup-form.ts';

const candidate = (address: string, isRecommended: boolean): AddressCandidate => ({
  address,
  family: 4,
  interface: 'eth0',
  label: 'Ethernet',
  kind: isRecommended ? 'lan' : 'vpn',
  isRecommended,
  reason: isRecommended ? null : 'VPN',
});
const candidates = [candidate('192.168.1.20', true), candidate('10.8.0.2', false)];

describe('set-up form', () => {
  it('follows the network while nothing but the recommended is chosen', () => {
    expect(chosenAddresses(emptySetup, candidates)).toEqual(['192.168.1.20']);
    expect(toSetupInput(emptySetup, candidates).addresses).toBeNull();
    expect(toSetupInput({ ...emptySetup, addresses: ['192.168.1.20'] }, candidates).addresses).toBeNull();
  });

  it('pins addresses once the person chose others', () => {
    const form = { ...emptySetup, addresses: ['192.168.1.20', '10.8.0.2'] };
    expect(toSetupInput(form, candidates).addresses).toEqual(['192.168.1.20', '10.8.0.2']);
  });

  it('hands names on tidied, best first', () => {
    const form = { ...emptySetup, name: 'Registry.Local.', otherNames: ['hub.lan'] };
    expect(toSetupInput(form, candidates).names).toEqual(['registry.local', 'hub.lan']);
  });

  it('asks for a CA or imports one', () => {
    expect(toSetupInput(emptySetup, []).ca).toEqual({
      mode: 'create',
      years: 10,
      algorithm: 'rsa-4096',
      isConstrained: true,
      permit: [],
    });
    const pem = '-----BEGIN CERTIFICATE-----';
    const form = { ...emptySetup, caMode: 'import' as const, certificatePem: pem, keyPem: 'key' };
    expect(toSetupInput(form, []).ca).toEqual({
      mode: 'import',
      certificatePem: pem,
      keyPem: 'key',
      passphrase: '',
    });
  });

  it('says what is wrong at the field', () => {
    expect(setupChecks.name('a.b.local')).toMatch(/two-part/);
    expect(setupChecks.name('registry.local')).toBeNull();
    expect(setupChecks.otherNames(['ok.lan', 'not ok'])).toMatch(/letters, digits/);
    expect(setupChecks.port('')).toMatch(/1 to 65535/);
    expect(setupChecks.port(70_000)).not.toBeNull();
    expect(setupChecks.certificatePem('', { ...emptySetup, caMode: 'import' })).toMatch(/BEGIN/);
    expect(setupChecks.certificatePem('', emptySetup)).toBeNull();
  });
});

describe('permitted names', () => {
  const permitted = { dns: ['local', 'lan', 'bench'] };

  it('takes a subtree and the name of it', () => {
    expect(isNamePermitted('registry.local', permitted)).toBe(true);
    expect(isNamePermitted('bench', permitted)).toBe(true);
    expect(isNamePermitted('notlocal', permitted)).toBe(false);
    expect(isNamePermitted('anything.example', { dns: ['*'] })).toBe(true);
    expect(isNamePermitted('corp', { dns: ['.corp'] })).toBe(false);
    expect(isNamePermitted('hub.corp', { dns: ['.corp'] })).toBe(true);
  });

  it('lists what lies outside, and nothing for a CA without limits', () => {
    expect(namesOutside(['registry.local', 'registry.example.com'], permitted)).toEqual([
      'registry.example.com',
    ]);
    expect(namesOutside(['registry.example.com'], null)).toEqual([]);
  });
});
