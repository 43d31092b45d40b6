import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { CredentialInput } from '#shared/model/devices.ts';
import { isSet, textOf, UsageError, type Flag, type Input } from './command.ts';
import type { Context } from './context.ts';
import { readSecretFile } from './secrets.ts';

/** How a command line says how to log in. */
export const loginFlags: Record<string, Flag> = {
  key: { type: 'string', value: 'FILE', help: 'private key to log in with' },
  'passphrase-file': { type: 'string', value: 'F', help: 'file with the passphrase of the key' },
  'password-stdin': { type: 'boolean', help: 'read the login password from stdin' },
  agent: { type: 'boolean', help: 'log in through the SSH agent' },
  'sudo-password-file': {
    type: 'string',
    value: 'F',
    help: 'file with the sudo password (the login password)',
  },
};

/** @throws UsageError when more than one is given */
export const onlyOne = (input: Input, names: readonly string[], next: string): void => {
  const given = names.filter((name) => input.values[name] !== undefined);
  if (given.length > 1) throw new UsageError(`--${given.join(' and --')} exclude each other`, next);
};

/** The agent when there is one, else the first usual key file. */
export const usualCredential = (context: Context): CredentialInput => {
  if (context.env.SSH_AUTH_SOCK) return { kind: 'agent' };
  const file = ['id_ed25519', 'id_ecdsa', 'id_rsa']
    .map((name) => join(homedir(), '.ssh', name))
    .find((path) => existsSync(path));
  if (file) return { kind: 'key', file, pem: '', passphrase: '' };
  throw new UsageError('No login was given', 'Give --key FILE, --password-stdin or --agent.');
};

/**
 * The login that flags name; null when none does.
 * @param next what to do about a wrong use
 */
export const readCredential = async (
  context: Context,
  input: Input,
  next: string,
): Promise<CredentialInput | null> => {
  onlyOne(input, ['key', 'password-stdin', 'agent', 'as-group'], next);
  const key = textOf(input, 'key');
  const passphraseFile = textOf(input, 'passphrase-file');
  if (passphraseFile !== undefined && key === undefined) {
    throw new UsageError('--passphrase-file needs --key', next);
  }
  if (key !== undefined) {
    const passphrase =
      passphraseFile === undefined
        ? ''
        : await readSecretFile(context.cwd, 'passphrase-file', passphraseFile);
    return { kind: 'key', file: resolve(context.cwd, key), pem: '', passphrase };
  }
  if (isSet(input, 'agent')) return { kind: 'agent' };
  if (isSet(input, 'as-group')) return { kind: 'group' };
  if (!isSet(input, 'password-stdin')) return null;
  const password = (await readAll(context.stdin)).replace(/\r?\n$/, '');
  if (password === '') throw new UsageError('stdin held no password', 'Pipe the password into the command.');
  return { kind: 'password', password };
};

/** Undefined when no file was named. */
export const readSudoPassword = async (context: Context, input: Input): Promise<string | undefined> => {
  const file = textOf(input, 'sudo-password-file');
  return file === undefined ? undefined : readSecretFile(context.cwd, 'sudo-password-file', file);
};
