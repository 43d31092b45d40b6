import type { Secret } from '#electron/store/secret.ts';
import type { ImportFormat, ImportProblem } from '#shared/model/device-import.ts';

/** A device as a text describes it, unchecked. Empty: the text says nothing of it. */
export interface Draft {
  line: number;
  name: string;
  address: string;
  user: string;
  port: string;
  keyFile: string;
  password: Secret | null;
  sudoPassword: Secret | null;
  group: string;
  tags: readonly string[];
  /** What a person should know of it. */
  note: string;
  /** Why it cannot become a device; empty: it can. */
  skip: string;
}

/** What one text holds. */
export interface Reading {
  format: ImportFormat;
  drafts: Draft[];
  problems: ImportProblem[];
  notes: string[];
  /** Who logs in where the text names nobody. */
  user: string;
}

/** What the formats of OpenSSH and Ansible take from the person who uses them. */
export interface Surroundings {
  home: string;
  user: string;
}

export const emptyDraft: Draft = {
  line: 1,
  name: '',
  address: '',
  user: '',
  port: '',
  keyFile: '',
  password: null,
  sudoPassword: null,
  group: '',
  tags: [],
  note: '',
  skip: '',
};
