import { expect, test } from 'vitest';
import { errorCodes } from './errors.ts';
import { appErrors } from './errors/app.ts';
import { demoErrors } from './errors/demo.ts';
import { deviceErrors } from './errors/devices.ts';
import { findingErrors } from './errors/findings.ts';
import { namesErrors } from './errors/names.ts';
import { pkiErrors } from './errors/pki.ts';
import { registryErrors } from './errors/registry.ts';
import { trustErrors } from './errors/trust.ts';

test('no two domains use the same code: one would speak with the words of the other', () => {
  const catalogs = [
    appErrors,
    pkiErrors,
    registryErrors,
    namesErrors,
    deviceErrors,
    trustErrors,
    findingErrors,
    demoErrors,
  ];
  expect(catalogs.flatMap((catalog) => Object.keys(catalog)).sort()).toEqual([...errorCodes].sort());
});
