import { expect, test } from 'vitest';
import { createLinks } from './links.ts';

test('a token works once', () => {
  const links = createLinks();
  const token = links.issue();
  expect(links.redeem(token)).toBe(true);
  expect(links.redeem(token)).toBe(false);
});

test('a token expires after 60 seconds', () => {
  let now = 1_000;
  const links = createLinks({ now: () => now });
  const [early, late] = [links.issue(), links.issue()];
  now += 59_999;
  expect(links.redeem(early)).toBe(true);
  now += 1;
  expect(links.redeem(late)).toBe(false);
});

test('nothing but an issued token is accepted', () => {
  const links = createLinks();
  links.issue();
  expect(links.redeem('')).toBe(false);
  expect(links.redeem('guess')).toBe(false);
});
