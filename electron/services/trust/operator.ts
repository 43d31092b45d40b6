import os from 'node:os';

/** Who runs this app, `user@computer`: for others who find a device busy, and for the journal. */
export const operatorName = (): string => {
  const clean = (text: string) => text.replace(/[^A-Za-z0-9._-]/g, '').slice(0, 100);
  return `${clean(os.userInfo().username) || 'someone'}@${clean(os.hostname())}`;
};
