import { createInterface } from 'node:readline/promises';
import type { Context } from './context.ts';

/** Whether somebody is there to answer. */
export const canAsk = ({ out, stdin }: Context): boolean =>
  !out.isJson && 'isTTY' in stdin && stdin.isTTY === true;

/** Asks once; everything but `yes` means no, Ctrl-D and Ctrl-C too. */
export const isAnsweredYes = async (context: Context, question: string): Promise<boolean> => {
  const asking = createInterface({ input: context.stdin, output: process.stderr });
  // Both end the input, and a question whose input has ended is never answered.
  const closed = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
  try {
    const asked = asking.question(`${question} Type yes: `, { signal: context.stopSignal });
    const reply = await Promise.race([asked, closed]);
    return reply.trim().toLowerCase() === 'yes';
  } finally {
    asking.close();
  }
};
