const DAY_MS = 86_400_000;

/** Share of a certificate's life that is over, 0 to 1. */
export const lifeUsed = (life: { notBefore: string; notAfter: string; daysLeft: number }): number => {
  const days = (Date.parse(life.notAfter) - Date.parse(life.notBefore)) / DAY_MS;
  return days <= 0 ? 1 : Math.min(1, Math.max(0, 1 - life.daysLeft / days));
};
