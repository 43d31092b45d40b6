/** Types of programs.mjs, which is plain JavaScript because it runs before anything is installed. */
export function missingPackages(): string[];
export function labObstacle(): string | null;
export function missingTools(): string | null;
export function unpackedFolder(name: 'openrc' | 'libnss-extrausers'): string;
