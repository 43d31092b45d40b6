import { expect, test } from 'vitest';
import { createOutput } from './output.ts';

const speak = (isJson: boolean) => {
  const said = { stdout: '', stderr: '' };
  const out = createOutput(isJson, {
    stdout: { write: (text: string) => (said.stdout += text) },
    stderr: { write: (text: string) => (said.stderr += text) },
  });
  return { out, said };
};

const hostile = 'a\u001b[2Jb\u009b2Jc\u007f\u202egnp.\u2066\u2028d\u061c\re';

/** What a terminal would act on instead of showing it. */
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

test('a person is shown no character that a terminal obeys', () => {
  const { out, said } = speak(false);
  out.result({}, () => [hostile]);
  out.note(hostile);
  out.warn(hostile);
  expect(said.stdout).toContain('gnp.');
  expect(`${said.stdout}${said.stderr}`).not.toMatch(obeyed);
});

test('a line stays one line', () => {
  const { out, said } = speak(false);
  out.result({}, () => ['gate\nDone: all proven']);
  expect(said.stdout.match(/\n/g)).toHaveLength(1);
});

test('JSON holds none either, and says the same', () => {
  const { out, said } = speak(true);
  out.result({ name: hostile }, () => []);
  expect(said.stdout).not.toMatch(obeyed);
  expect(said.stdout.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(said.stdout)).toEqual({ name: hostile });
});
