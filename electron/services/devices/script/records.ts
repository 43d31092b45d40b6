import { recordMark } from './frame.ts';

/** Output of one script that is read at most; a device that sends more is not believed. */
export const outputLimit = 256 * 1024;

/** What a script said so far. Records are JSON of unknown form: the caller parses them by schema. */
export interface ScriptReading {
  records: unknown[];
  /** The begin record was seen: the shell runs our script. */
  hasBegun: boolean;
  /** The end record was seen; without it the state of the device is unknown. */
  isComplete: boolean;
  /** The shell waits for another script. */
  isFree: boolean;
  /** Everything that is no record: banners, complaints. */
  output: string;
  /** More than the limit came, or a marked line was no JSON. */
  isInvalid: boolean;
}

export interface RecordReader {
  push(chunk: Uint8Array): void;
  reading(): ScriptReading;
}

const step = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'mooring' in value ? value.mooring : undefined;

/**
 * Finds the records of one run in whatever a device sends: banners without newline before them, CRLF, chunks cut
 * anywhere. Reads at most `limit` bytes.
 * @param onRecord called for each record as it comes; begin and end are left out
 */
export const createRecordReader = (options: {
  nonce: string;
  limit?: number;
  onRecord?: (record: unknown) => void;
}): RecordReader => {
  const { nonce, limit = outputLimit, onRecord } = options;
  const mark = recordMark + nonce;
  const decoder = new TextDecoder();
  const records: unknown[] = [];
  let output = '';
  let pending = '';
  let size = 0;
  let hasBegun = false;
  let isComplete = false;
  let isFree = false;
  let isInvalid = false;

  const take = (text: string) => {
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch {
      isInvalid = true;
      return;
    }
    const kind = step(record);
    if (kind === 'begin') hasBegun = true;
    else if (kind === 'end') isComplete = hasBegun;
    else if (kind === 'free') isFree = hasBegun;
    else if (hasBegun && !isComplete) {
      records.push(record);
      onRecord?.(record);
    }
  };

  const line = (text: string) => {
    const at = text.indexOf(mark);
    const noise = (at < 0 ? text : text.slice(0, at)).replace(/\r$/, '');
    if (noise !== '') output += `${noise}\n`;
    if (at >= 0) take(text.slice(at + mark.length).replace(/\r$/, ''));
  };

  return {
    push(chunk) {
      size += chunk.byteLength;
      if (size > limit) {
        isInvalid = true;
        pending = '';
        return;
      }
      const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n');
      pending = lines.pop() ?? '';
      for (const text of lines) line(text);
    },
    reading: () => {
      const rest = pending.includes(mark) ? '' : pending;
      return { records, hasBegun, isComplete, isFree, output: output + rest, isInvalid };
    },
  };
};
