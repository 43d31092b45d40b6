import { app, logs } from './app.ts';
import { demo } from './demo.ts';
import { devices, filters } from './devices.ts';
import { jobs } from './jobs.ts';
import { names } from './names.ts';
import { pki } from './pki.ts';
import { registry, users } from './registry.ts';
import { setup } from './setup.ts';
import { trust } from './trust.ts';

/** Everything a person or a script can ask of Mooring: `<domain>.<verb>`. */
export const contract = {
  app,
  setup,
  pki,
  registry,
  users,
  names,
  devices,
  filters,
  trust,
  jobs,
  demo,
  logs,
};
export type Contract = typeof contract;
