import type { KeyboardInteractiveAuthMethod } from 'ssh2';

type Prompt = KeyboardInteractiveAuthMethod['prompt'];

const longestQuestion = 100;

/**
 * Answers what a device asks by keyboard-interactive (RFC 4256): the password, to the first question alone, and only
 * when what is typed there is not shown. A second factor or a new password is nothing we could give.
 */
export const createAnswers = (password: string): { prompt: Prompt; unanswered: () => string | null } => {
  let hasAnswered = false;
  let unanswered: string | null = null;
  return {
    unanswered: () => unanswered,
    prompt(_name, _instructions, _language, prompts, answer) {
      const [first, ...others] = prompts;
      const isPassword = first !== undefined && first.echo !== true && others.length === 0 && !hasAnswered;
      hasAnswered ||= isPassword;
      const foreign = isPassword ? undefined : (others[0] ?? first);
      if (foreign) unanswered = foreign.prompt.trim().slice(0, longestQuestion);
      answer(prompts.map(() => (isPassword ? password : '')));
    },
  };
};
