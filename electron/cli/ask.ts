import { createInterface } from 'node:readline/promises';
import type { Context } from './context.ts';

/** Whether somebody is there to answer. */
export const canAsk = ({ out, stdin }: Context): boolean =>
  !out.isJson && 'isTTY' in stdin && stdin.isTTY === true;

/** Asks once; everything but `yes` means no. */
export const isAnsweredYes = async (context: Context, question: string): Promise<boolean> => {
  const asking = createInterface({ input: context.stdin, output: process.stderr });
  const reply = await asking.question(`${question} Type yes: `, { signal: context.stopSignal });
  asking.close();
  return reply.trim().toLowerCase() === 'yes';
};
