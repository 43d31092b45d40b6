import { AppError } from '#shared/errors.ts';
import type { DeviceRun } from '#shared/model/trust.ts';
import type { ItemEnd, ItemTools, RunItem, RunKind } from '#electron/services/jobs/index.ts';
import { HeldBack } from '#electron/services/jobs/index.ts';
import { runOnDevice, type DeviceEnd } from './device-run.ts';
import { dataOf, failedRun } from './failure.ts';
import { storedOrder, type RunOrder, type RunTools, type StoredOrder } from './order.ts';
import type { TrustAction } from './run-facts.ts';
import { composeRun } from './run-result.ts';
import { createTurns } from './turns.ts';
import { readWanted } from './wanted.ts';

const titles: Record<TrustAction, string> = {
  plan: 'Plan trust on',
  push: 'Push trust to',
  verify: 'Verify trust on',
  undo: 'Undo trust on',
};

const itemState = {
  planned: 'succeeded',
  changed: 'succeeded',
  verified: 'succeeded',
  unchanged: 'unchanged',
  drifted: 'failed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<DeviceRun['outcome'], ItemEnd['state']>;

const titleOf = (order: unknown, items: readonly RunItem[]): string => {
  const { action, isDry } = storedOrder.parse(order);
  const [first] = items;
  const whom = items.length === 1 && first ? first.label : `${items.length} devices`;
  return `${isDry ? 'Dry run: ' : ''}${titles[action]} ${whom}`;
};

/** How runs of trust go over devices, for the jobs: one turn at a time on each device. */
export const createRunKind = (tools: RunTools): RunKind => {
  const { needs } = tools;
  const log = needs.log.area('trust');
  const inTurn = createTurns();

  const visit = async (
    item: { id: string; label: string },
    order: RunOrder,
    onPhase: ItemTools['onPhase'],
  ) => {
    if (order.held.aborted) throw new HeldBack();
    // Afresh: another run may have changed it while this one waited for its turn.
    const device = needs.devices.target(item.id);
    return runOnDevice(device, order, tools, onPhase);
  };

  const failed = (error: unknown, { id, label }: { id: string; label: string }): DeviceEnd => {
    if (error instanceof HeldBack) throw error;
    const data = dataOf(error, needs.log, { name: label });
    return { result: failedRun({ id, name: label, address: '' }, data), error: data, retry: 'never' };
  };

  const workOf = (order: Omit<RunOrder, 'jobId' | 'signal' | 'held' | 'enter'>) => {
    return async (item: { id: string; label: string }, run: ItemTools): Promise<ItemEnd> => {
      const { onPhase, ...about } = run;
      const since = performance.now();
      const whole: RunOrder = { ...order, ...about };
      const { result, error, retry } = await inTurn(item.id, [run.signal, run.held], () =>
        visit(item, whole, onPhase),
      ).catch((problem: unknown) => failed(problem, item));
      const { outcome, message, code } = result;
      log.info(`${titles[order.action]} ${result.name}: ${outcome}`, { code, jobId: run.jobId });
      result.seconds = Math.round(performance.now() - since) / 1000;
      return { state: itemState[outcome], message, error, outcome, result, retry };
    };
  };

  return {
    title: titleOf,
    compose: composeRun,
    async prepare(stored) {
      const order: StoredOrder = storedOrder.parse(stored);
      const wanted = await readWanted(needs, order.isHere);
      if (order.action !== 'undo' && wanted.references.length === 0) throw new AppError('NO_ADDRESS');
      return workOf({ ...order, wanted });
    },
  };
};
