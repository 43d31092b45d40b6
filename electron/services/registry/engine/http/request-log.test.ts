import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { FromEngine } from '../../messages.ts';
import { createRequestLog } from './request-log.ts';

const request = {
  ...{ method: 'PUT', url: '/v2/a/manifests/v1?x=y', headers: {} },
  socket: { remoteAddress: '::ffff:192.0.2.7' },
} as unknown as IncomingMessage;

describe('the log of requests', () => {
  it('writes so many lines and then one a second, and says how many it left out', () => {
    let now = 0;
    const told: FromEngine[] = [];
    const log = createRequestLog(
      (message) => told.push(message),
      { burst: 3, perSecond: 1 },
      () => now,
    );
    const fail = (status: number, times = 1) => {
      for (let time = 0; time < times; time += 1)
        log.failed({ requestId: log.nextId(), request, status, code: 'X', startedAt: 0 });
    };
    const took = () => told.splice(0).map((one) => (one.type === 'log' ? one.details : {}));
    fail(400, 1000);
    expect(took()).toHaveLength(3);
    fail(500);
    expect(took()).toMatchObject([{ status: 500 }]);
    now += 1000;
    fail(403, 5);
    const [line, ...others] = took();
    expect(line).toMatchObject({
      status: 403,
      leftOut: 997,
      path: '/v2/a/manifests/v1',
      remote: '192.0.2.7',
    });
    expect(others).toEqual([]);
    now += 3_600_000;
    fail(400, 10);
    expect(took()).toHaveLength(3);
  });
});
