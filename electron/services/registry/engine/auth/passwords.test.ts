import bcrypt from 'bcryptjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPasswords } from './passwords.ts';

afterEach(() => vi.restoreAllMocks());

const setUp = () => {
  const clock = { now: 1_000_000 };
  const passwords = createPasswords(() => clock.now);
  passwords.setUsers([{ name: 'u', hash: bcrypt.hashSync('secret', 4), isAdmin: true }]);
  return { clock, passwords };
};

describe('passwords', () => {
  it('asks bcrypt once for a login that was right, and again when it is long ago', async () => {
    const compare = vi.spyOn(bcrypt, 'compare');
    const { clock, passwords } = setUp();
    const check = () => passwords.check({ user: 'u', password: 'secret' }, '10.0.0.1');
    await Promise.all([check(), check(), check()]);
    expect(compare).toHaveBeenCalledTimes(1);
    expect(await check()).toEqual({ user: 'u', isFresh: false });
    clock.now += 11 * 60_000;
    expect(await check()).toEqual({ user: 'u', isFresh: true });
    expect(compare).toHaveBeenCalledTimes(2);
  });

  it('spends the same work on an unknown user', async () => {
    const compare = vi.spyOn(bcrypt, 'compare');
    const { passwords } = setUp();
    await expect(passwords.check({ user: 'nobody', password: 'x' }, 'a')).rejects.toMatchObject({
      kind: 'unauthorized',
    });
    expect(compare).toHaveBeenCalledTimes(1);
  });

  it('never runs more than a handful of checks at once', async () => {
    const { passwords } = setUp();
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        passwords.check({ user: 'u', password: `guess ${index}` }, `10.0.0.${index}`),
      ),
    );
    const kinds = results.map((result) =>
      result.status === 'rejected' ? (result.reason as { kind: string }).kind : 'accepted',
    );
    expect(kinds.filter((kind) => kind === 'unauthorized')).toHaveLength(16);
    expect(kinds.filter((kind) => kind === 'too-many-requests')).toHaveLength(24);
  });
});
