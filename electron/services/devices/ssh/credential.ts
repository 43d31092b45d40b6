import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { createAnswers } from './answers.ts';
import type { Secret } from '#electron/store/secret.ts';
import { AppError } from '#shared/errors.ts';
import { parsePrivateKey } from './private-key.ts';

/** A login with its secrets, as the inventory opens it for one connection. */
export type Credential =
  | { kind: 'key'; file: string | null; pem: Secret | null; passphrase: Secret }
  | { kind: 'password'; password: Secret }
  | { kind: 'agent' };

export interface Login {
  user: string;
  /** What was offered, for messages. */
  method: string;
  /** Tried in this order; parsed keys go in here because ssh2 ignores them elsewhere. */
  methods: AnyAuthMethod[];
  /** What the device asked and was not told, because it was not about the password. */
  unanswered?: () => string | null;
}

const freshMs = 2000;

const problems: Record<string, string> = {
  ENOENT: 'There is no such file.',
  EACCES: 'This user may not read the file.',
  EISDIR: 'It is a folder.',
};

const readKey = async (file: string): Promise<string> => {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const problem = problems[code] ?? `The system says ${code}.`;
    throw new AppError('AUTH_KEY_UNREADABLE', { file, problem }, { cause: error });
  }
};

/** A run over many devices asks for the same file again and again: its text is good for a moment. */
const createKeyTexts = (now: () => number = () => performance.now()) => {
  const texts = new Map<string, { text: Promise<string>; until: number }>();
  return (file: string): Promise<string> => {
    const known = texts.get(file);
    if (known && known.until > now()) return known.text;
    const text = readKey(file);
    texts.set(file, { text, until: now() + freshMs });
    text.catch(() => texts.delete(file));
    return text;
  };
};

/** The full path of a key file; `~/` is the home of the user Mooring runs as. */
export const keyPath = (file: string): string => {
  const full = /^~[/\\]/.test(file) ? path.join(os.homedir(), file.slice(2)) : file;
  if (path.isAbsolute(full)) return full;
  throw new AppError('BAD_INPUT', { field: 'key file', problem: 'give its full path' });
};

export interface Credentials {
  /** @throws AppError AUTH_KEY_UNREADABLE, AUTH_KEY_LOCKED, AUTH_AGENT_MISSING */
  login(user: string, credential: Credential): Promise<Login>;
}

/** Turns credentials into logins. Parsed keys are kept: opening an encrypted one blocks for a fifth of a second. */
export const createCredentials = (needs: { agentSocket: () => string | undefined }): Credentials => {
  const parsed = new Map<string, ParsedKey>();
  const textOf = createKeyTexts();

  const keyOf = async (credential: Credential & { kind: 'key' }): Promise<ParsedKey> => {
    const { file, pem, passphrase } = credential;
    const text = pem === null ? await textOf(file ?? '') : pem.reveal();
    const secret = passphrase.reveal();
    const identity = createHash('sha256').update(`${secret.length}:${secret}${text}`).digest('hex');
    const known = parsed.get(identity);
    if (known) return known;
    const key = parsePrivateKey(text, secret, file ?? 'given as text');
    if (parsed.size >= 64) parsed.clear();
    parsed.set(identity, key);
    return key;
  };

  return {
    async login(user, credential) {
      if (credential.kind === 'key') {
        const key = await keyOf(credential);
        return { user, method: 'private key', methods: [{ type: 'publickey', username: user, key }] };
      }
      if (credential.kind === 'agent') {
        const agent = needs.agentSocket();
        if (!agent) throw new AppError('AUTH_AGENT_MISSING');
        return { user, method: 'keys of the SSH agent', methods: [{ type: 'agent', username: user, agent }] };
      }
      const password = credential.password.reveal();
      const { prompt, unanswered } = createAnswers(password);
      const methods: AnyAuthMethod[] = [
        { type: 'password', username: user, password },
        { type: 'keyboard-interactive', username: user, prompt },
      ];
      return { user, method: 'password', methods, unanswered };
    },
  };
};
