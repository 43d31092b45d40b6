import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { wholeNumber } from '../model/common.ts';
import { demoAction, demoState, mostSimulated } from '../model/demo.ts';
import { procedure } from './base.ts';

/** A fleet without hardware: devices simulated on this computer, reached, written to and proven like real ones. */
export const demo = {
  state: procedure.output(demoState),
  /** The state at each change. */
  watch: procedure.output(eventIterator(demoState)),
  /** Adds simulated devices to the list; needs a completed first run. Does nothing when they are there. */
  start: procedure
    .input(z.object({ devices: wholeNumber(3, mostSimulated, 'devices').default(3) }).default({ devices: 3 }))
    .output(demoState),
  /** Ends the simulation; its devices leave the list. */
  stop: procedure.output(demoState),
  /** Does something to one of the devices, named by id, name or address. */
  act: procedure.input(z.object({ device: z.string().min(1), action: demoAction })).output(demoState),
};
