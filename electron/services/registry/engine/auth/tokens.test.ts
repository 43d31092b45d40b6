import { describe, expect, it } from 'vitest';
import { createTokens, tokenLife } from './tokens.ts';

describe('tokens', () => {
  it('expire, also when they were verified before', () => {
    const clock = { now: 1_000_000_000 };
    const tokens = createTokens(Buffer.alloc(32, 1), () => clock.now);
    const token = tokens.sign({ user: 'u', generation: 'g' }, []);
    expect(tokens.verify(token)).toMatchObject({ sub: 'u', gen: 'g', access: [] });
    clock.now += tokenLife * 1000 - 1;
    expect(tokens.verify(token)).not.toBeNull();
    clock.now += 1;
    expect(tokens.verify(token)).toBeNull();
  });

  it('of another key are nothing', () => {
    const token = createTokens(Buffer.alloc(32, 1)).sign({ user: 'u', generation: 'g' }, []);
    expect(createTokens(Buffer.alloc(32, 2)).verify(token)).toBeNull();
  });
});
