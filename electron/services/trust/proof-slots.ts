/** Engines of one device that are asked for a proof; each has a one-time tag of its own for each name. */
export const proofSlots = 4;
