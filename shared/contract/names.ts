import { z } from 'zod';
import { addressCandidate, namesState } from '../model/names.ts';
import { procedure } from './base.ts';

export const names = {
  state: procedure.output(namesState),
  addresses: procedure.output(z.array(addressCandidate)),
};
