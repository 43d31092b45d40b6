import type { AddressCandidate } from '#shared/model/names.ts';

const everywhere: Record<string, string> = {
  '::': 'All interfaces',
  '0.0.0.0': 'All interfaces, IPv4 only',
};

/** What the registry can listen on: everything, or one address of this computer; what is chosen now is among it. */
export const listenChoices = (
  candidates: readonly AddressCandidate[],
  current: string,
): { value: string; label: string }[] => {
  const choices = new Map([['::', 'All interfaces']]);
  for (const { address, label } of candidates) choices.set(address, `${label} ${address}`);
  if (!choices.has(current)) choices.set(current, everywhere[current] ?? current);
  return [...choices].map(([value, label]) => ({ value, label }));
};
