import { z } from 'zod';
import { readyInfo } from '../model/app.ts';
import { portNumber } from '../model/common.ts';
import { endpointChoice, endpointPatch, setupInput, setupPreview, setupResult } from '../model/setup.ts';
import { procedure } from './base.ts';

export const setup = {
  /** Looks only: names on the network, addresses, port. */
  preview: procedure
    .input(z.object({ names: z.array(z.string()).default([]), port: portNumber.default(5000) }))
    .output(setupPreview),
  /** Creates CA, certificate, first user and starts to serve. Fails with ALREADY_SET_UP the second time. */
  create: procedure.input(setupInput).output(setupResult),
  /** The remembered choice. */
  endpoint: procedure.output(endpointChoice),
  /** Replaces names, addresses, port or listen address; the leaf is re-issued under the same CA. */
  change: procedure.input(endpointPatch).output(endpointChoice),
  /** What a script needs to use the registry; fails unless it serves. */
  ready: procedure.output(readyInfo),
};
