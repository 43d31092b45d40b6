import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { id, portNumber, sshFingerprint } from '../model/common.ts';
import {
  credentialInput,
  device,
  deviceAddress,
  deviceInput,
  deviceName,
  discoveredDevice,
  hostKeyOffer,
} from '../model/devices.ts';
import { deviceSelection } from '../model/trust.ts';
import { procedure } from './base.ts';

const one = z.object({ device: z.string().min(1) });

export const devices = {
  list: procedure.output(z.array(device)),
  /** By id, name or address. */
  get: procedure.input(one).output(device),
  /** Meets a device without logging in: which port answers and the host keys it shows. */
  contact: procedure
    .input(z.object({ address: deviceAddress, port: portNumber.nullable().default(null) }))
    .output(z.object({ port: portNumber, hostKeys: z.array(hostKeyOffer), banner: z.string() })),
  add: procedure.input(deviceInput).output(device),
  /** Changes name, address, port, user or login; what is left out stays. */
  update: procedure
    .input(
      one.extend({
        name: deviceName.min(1, 'give a name').optional(),
        address: deviceAddress.optional(),
        port: portNumber.nullable().optional(),
        user: deviceInput.shape.user.removeDefault().optional(),
        credential: credentialInput.optional(),
        sudoPassword: z.string().optional(),
      }),
    )
    .output(device),
  /** Pins a key that a person has seen; replaces one of the same type. */
  acceptHostKey: procedure.input(one.extend({ fingerprint: sshFingerprint })).output(device),
  remove: procedure.input(one).output(z.object({ id })),
  /** Reads facts; yields a job of kind `devices.probe` whose result is a list of `{id, error}`. */
  probe: procedure.input(deviceSelection).output(z.object({ jobId: id })),
  /** SSH hosts and balena devices that announce themselves; ends after `seconds`. */
  discover: procedure
    .input(z.object({ seconds: z.number().min(1).max(120).default(6) }))
    .output(eventIterator(z.array(discoveredDevice))),
  /** Lets the device's engine pull `mooring/hello` and runs nothing; a job of kind `devices.pull`. */
  pullHello: procedure.input(one).output(z.object({ jobId: id })),
  /** The command a person types on the device to log its engine in. */
  loginLine: procedure.input(one).output(z.object({ command: z.string(), note: z.string() })),
};
