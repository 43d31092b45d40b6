import { labObstacle, missingPackages } from '../checks/programs.mjs';

/** Why the lab cannot run here, in one line, or null when it can. */
export const labProblem = (): string | null => {
  const obstacle = labObstacle();
  if (obstacle) return obstacle;
  const missing = missingPackages();
  return missing.length === 0 ? null : `the device lab misses programs: apt-get install ${missing.join(' ')}`;
};
