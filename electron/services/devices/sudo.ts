import { AppError } from '#shared/errors.ts';
import { recordMark } from './script/frame.ts';
import { loginShellQuote, shellQuote } from './script/quote.ts';

/** Texts the device prints at the turns of the dialogue. They hold a control character that no echo of a command has. */
interface Marks {
  prompt: string;
  ready: string;
  missing: string;
}

const marksOf = (nonce: string): Marks => ({
  prompt: `${recordMark}${nonce}P`,
  ready: `${recordMark}${nonce}R`,
  missing: `${recordMark}${nonce}M`,
});

const say = (mark: string): string => `printf %s ${shellQuote(mark)}`;

/**
 * The command that becomes root: prints the ready mark once it is, then takes a script on stdin. An account that
 * is root under another name needs no sudo. English messages, because two refusals can be told apart only by them.
 */
export const sudoCommand = (nonce: string): string => {
  const marks = marksOf(nonce);
  const bootstrap = `${say(marks.ready)}; exec sh -s`;
  const lines = [
    'LC_ALL=C; export LC_ALL',
    `if [ "$(id -u)" = 0 ]; then ${bootstrap}; fi`,
    `command -v sudo >/dev/null 2>&1 || { ${say(marks.missing)}; exit 1; }`,
    `exec sudo -S -p ${shellQuote(marks.prompt)} sh -c ${shellQuote(bootstrap)}`,
  ];
  return `sh -c ${loginShellQuote(lines.join('; '))}`;
};

/** What to do next; `ready` hands over what the device printed behind the mark. */
export type SudoStep = { kind: 'wait' } | { kind: 'answer' } | { kind: 'ready'; rest: Buffer };

export interface SudoDialogue {
  /** @throws AppError SUDO_PASSWORD_NEEDED, SUDO_PASSWORD_WRONG, SUDO_DENIED, DEVICE_OUTPUT_INVALID */
  push(chunk: Buffer): SudoStep;
  /** Why sudo ended before it was ready. */
  ended(): AppError;
}

/** A lecture and the complaints of a login shell fit in many times. */
const longestPreamble = 64 * 1024;

/**
 * The dialogue with sudo as a state machine: the password is given once and only to the prompt mark; a second
 * prompt means that it was wrong. The script may go in only on `ready`.
 */
export const createSudoDialogue = (options: {
  nonce: string;
  device: string;
  user: string;
  hasPassword: boolean;
}): SudoDialogue => {
  const { nonce, device, user, hasPassword } = options;
  const marks = marksOf(nonce);
  const details = { device, user };
  let heard = Buffer.alloc(0);
  let looked = 0;
  let hasAnswered = false;

  return {
    push(chunk) {
      heard = Buffer.concat([heard, chunk]);
      const ready = heard.indexOf(marks.ready);
      if (ready >= 0) return { kind: 'ready', rest: heard.subarray(ready + marks.ready.length) };
      if (heard.length > longestPreamble) throw new AppError('DEVICE_OUTPUT_INVALID', details);
      if (heard.includes(marks.missing)) throw new AppError('SUDO_DENIED', details);
      const prompt = heard.indexOf(marks.prompt, looked);
      if (prompt < 0) return { kind: 'wait' };
      looked = prompt + marks.prompt.length;
      if (!hasPassword) throw new AppError('SUDO_PASSWORD_NEEDED', details);
      if (hasAnswered) throw new AppError('SUDO_PASSWORD_WRONG', details);
      hasAnswered = true;
      return { kind: 'answer' };
    },
    ended() {
      const text = heard.toString('utf8');
      if (/must have a tty|terminal is required/.test(text)) return new AppError('SUDO_NEEDS_TTY', details);
      if (/incorrect (password|authentication) attempt/.test(text)) {
        return new AppError('SUDO_PASSWORD_WRONG', details);
      }
      if (text.includes('sudo') || hasAnswered) return new AppError('SUDO_DENIED', details);
      return new AppError('SCRIPT_NOT_RUN', details);
    },
  };
};
