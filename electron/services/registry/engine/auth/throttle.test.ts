import { describe, expect, it } from 'vitest';
import { createThrottle } from './throttle.ts';

describe('throttle', () => {
  const setUp = () => {
    const clock = { now: 1_000_000 };
    return { clock, throttle: createThrottle({ pair: 2, address: 4 }, () => clock.now) };
  };

  it('lets some failures pass, then doubles the wait up to a minute', () => {
    const { clock, throttle } = setUp();
    const waits: number[] = [];
    for (let failure = 0; failure < 10; failure += 1) {
      throttle.fail(['pair:a u']);
      waits.push(throttle.wait(['pair:a u']));
      clock.now += 60_000;
    }
    expect(waits).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('counts accounts of one address together, and other addresses not at all', () => {
    const { throttle } = setUp();
    for (const name of ['u', 'v', 'w', 'x', 'y']) throttle.fail([`pair:a ${name}`, 'address:a']);
    expect(throttle.wait(['pair:a z', 'address:a'])).toBe(1);
    expect(throttle.wait(['pair:b u', 'address:b'])).toBe(0);
  });

  it('forgives after a success and after a quarter of an hour', () => {
    const { clock, throttle } = setUp();
    const keys = ['pair:a u'];
    for (let failure = 0; failure < 3; failure += 1) throttle.fail(keys);
    throttle.succeed(keys);
    expect(throttle.wait(keys)).toBe(0);
    for (let failure = 0; failure < 3; failure += 1) throttle.fail(keys);
    clock.now += 15 * 60_000 + 1;
    throttle.fail(keys);
    expect(throttle.wait(keys)).toBe(0);
  });
});
