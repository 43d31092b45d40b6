import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface HostKey {
  type: 'ED25519' | 'ECDSA';
  /** `SHA256:…`, as ssh-keygen prints it. */
  fingerprint: string;
}

/** Two types, as real devices have several: a client must pin the one it was shown. */
export const keyTypes = ['ed25519', 'ecdsa'] as const;

export const makeKey = (file: string, type: string): void => {
  for (const name of [file, `${file}.pub`]) fs.rmSync(name, { force: true });
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'lab', '-f', file]);
};

export const makeHostKeys = (folder: string): void => {
  fs.mkdirSync(folder, { recursive: true });
  for (const type of keyTypes) makeKey(path.join(folder, type), type);
};

export const readHostKeys = (folder: string): HostKey[] =>
  keyTypes.map((type) => {
    const line = execFileSync('ssh-keygen', ['-lf', path.join(folder, `${type}.pub`)], { encoding: 'utf8' });
    return { type: type === 'ecdsa' ? 'ECDSA' : 'ED25519', fingerprint: line.split(' ')[1] ?? '' };
  });
