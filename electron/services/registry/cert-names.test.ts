import { expect, it } from 'vitest';
import { certNames } from './cert-names.ts';
import { testCertificate } from './certificate.fixture.ts';

it('reads names and addresses of a certificate', () => {
  const { certPem } = testCertificate(['Registry.Local', 'host']);
  expect(certNames(certPem)).toEqual(['registry.local', 'host', '127.0.0.1']);
  expect(() => certNames('nothing')).toThrow();
});
