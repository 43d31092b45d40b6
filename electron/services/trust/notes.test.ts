import { expect, test } from 'vitest';
import { noteText } from './notes.ts';

test('a note is told in words; one that we do not know is told as it is, whatever a device calls it', () => {
  expect(noteText('stale', 'remove')).toBe('its name is no longer one of the registry');
  for (const note of ['of a device', '__proto__', 'constructor', 'toString']) {
    expect(noteText(note, 'keep')).toBe(note);
    expect(noteText(note, 'remove')).toBe(note);
  }
});
