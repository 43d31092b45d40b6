import type { TrustChange } from '#shared/model/trust.ts';

/** Files of others that the plan keeps although something is wrong with them: a person may confirm their replacement. */
export const foreignPaths = (changes: Pick<TrustChange, 'action' | 'kind' | 'path' | 'note'>[]): string[] =>
  changes
    .filter((change) => change.action === 'keep' && change.kind === 'file' && change.note !== '')
    .map((change) => change.path);
