import { oc } from '@orpc/contract';
import { appErrorData } from '../errors.ts';

/** Every procedure starts here: its one declared error carries our own code, texts and next step. */
export const procedure = oc.errors({ MOORING: { data: appErrorData } });
