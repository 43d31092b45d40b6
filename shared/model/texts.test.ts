import { expect, test } from 'vitest';
import type { ZodType } from 'zod';
import { portNumber } from './common.ts';
import { deviceAddress, deviceInput } from './devices.ts';
import { caChoice, leafPatch } from './pki.ts';
import { pullPolicy } from './registry.ts';
import { endpointPatch } from './setup.ts';
import { registryName } from '../names.ts';

const device = { address: '10.0.0.4', credential: { kind: 'agent' }, hostKey: { kind: 'offline' } };

const refused: [what: string, schema: ZodType, input: unknown, says: RegExp][] = [
  ['no name', endpointPatch, { names: [] }, /at least one name/],
  ['a name that is none', registryName, 'a b', /letters, digits and dashes/],
  ['a missing name', registryName, undefined, /give a name/],
  ['an address that is none', endpointPatch, { addresses: ['10.0.0.400'] }, /give an IP address/],
  ['a listen address that is none', endpointPatch, { listen: 'eth0' }, /give an IP address/],
  ['a port too high', portNumber, 70_000, /1 to 65535/],
  ['a port in words', portNumber, 'http', /1 to 65535/],
  ['too many years', caChoice, { mode: 'create', years: 99 }, /whole years, 1 to 30/],
  ['half a day', leafPatch, { days: 0.5 }, /whole days, 2 to 3650/],
  ['an unknown key', leafPatch, { algorithm: 'dsa' }, /choose rsa-2048/],
  ['no certificate', caChoice, { mode: 'import', certificatePem: '' }, /as PEM/],
  ['no device address', deviceAddress, undefined, /address or name of the device/],
  ['a very long address', deviceAddress, 'a'.repeat(300), /at most 253/],
  ['a very long device name', deviceInput, { ...device, name: 'a'.repeat(81) }, /at most 80/],
  ['a user with spaces', deviceInput, { ...device, user: 'a b' }, /a user name has/],
  [
    'an empty password',
    deviceInput,
    { ...device, credential: { kind: 'password', password: '' } },
    /give the password/,
  ],
  ['an unknown policy', pullPolicy, 'some', /anyone or login/],
];

test.each(refused)('%s is refused in words a person can use', (_what, schema, input, says) => {
  expect(schema.safeParse(input).error?.issues[0]?.message).toMatch(says);
});
