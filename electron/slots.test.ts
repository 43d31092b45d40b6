import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

test('more places let those in line enter at once, fewer take nobody out', async () => {
  const slots = createSlots(1);
  const first = await slots.take();
  const second = slots.take();
  const third = slots.take();
  expect(slots.waiting()).toBe(2);
  slots.resize(2);
  const leaveSecond = await second;
  expect(slots.waiting()).toBe(1);

  slots.resize(1);
  first();
  expect(slots.waiting()).toBe(1);
  leaveSecond();
  await third;
});

test('a place is given back once', async () => {
  const slots = createSlots(1);
  const giveBack = await slots.take();
  giveBack();
  giveBack();
  await slots.take();
  const late = slots.take();
  expect(slots.waiting()).toBe(1);
  slots.resize(2);
  await late;
});
