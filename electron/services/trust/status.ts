import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Device } from '#shared/model/devices.ts';
import type { TrustStatus } from '#shared/model/trust.ts';

const chunk = 200;

const cellsOf = ({ id, trust }: Device): TrustStatus['cells'] =>
  trust.proofs.map(({ name, runtime, user, level, isProven, at, fingerprint, code, mark }) => ({
    device: id,
    name,
    runtime,
    user,
    level,
    isProven,
    at,
    fingerprint: fingerprint ?? null,
    code,
    mark,
  }));

/**
 * What each device was last seen to trust, by name and runtime.
 * @param read whole devices; asked for some at a time, because parsing thousands takes long
 */
export const trustStatus = async (
  ids: readonly string[],
  read: (ids: string[]) => Device[],
): Promise<TrustStatus> => {
  const status: TrustStatus = { devices: [], names: [], runtimes: [], cells: [] };
  for (let from = 0; from < ids.length; from += chunk) {
    for (const device of read(ids.slice(from, from + chunk))) {
      const { id, name, address, trust } = device;
      const { state, lastRunAt, lastProofAt } = trust;
      const code = trust.error?.code ?? null;
      status.devices.push({ id, name, address, state, code, lastRunAt, lastProofAt });
      status.cells.push(...cellsOf(device));
    }
    await nextTurn();
  }
  status.names = [...new Set(status.cells.map(({ name }) => name))];
  status.runtimes = [...new Set(status.cells.map(({ runtime }) => runtime))];
  return status;
};
