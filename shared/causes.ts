import { errorTexts, isErrorCode, type AppErrorData } from './errors.ts';

const neutral: Record<string, string> = {
  device: 'the device',
  user: 'the user',
  name: 'this name',
  fingerprint: 'its present key',
  expected: 'the confirmed one',
  address: 'its address',
  folder: 'the folder',
  path: 'a file',
  file: 'the key file',
  port: 'this port',
  group: 'its group',
  engine: 'the engine',
  tool: 'it needs',
  unit: 'the service',
  who: 'someone else',
  offset: 'wrong',
  direction: '',
};

type Details = AppErrorData['details'];

const fill = (text: string, shared: Details): string =>
  text
    .replace(/\{(\w+)\}/g, (_, key: string, offset: number) => {
      const value = String(shared[key] ?? '');
      // Who it was is told by the list of devices.
      if (value !== '' && key !== 'device') return value;
      const words = neutral[key] ?? '…';
      return offset === 0 ? words.charAt(0).toUpperCase() + words.slice(1) : words;
    })
    .trimEnd();

/**
 * The texts of an error that several devices share: a detail that is the same for all keeps its value, others become
 * neutral words, with a capital where they begin the sentence.
 */
export const sharedTexts = (code: string, shared: Details = {}): { title: string; next: string } => {
  const text = errorTexts[isErrorCode(code) ? code : 'INTERNAL'];
  return { title: fill(text.title, shared), next: fill(text.next, shared) };
};
