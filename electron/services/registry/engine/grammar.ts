/** Grammar of the OCI distribution specification: names, tags, digests. */

const component = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
const namePattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const uploadPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type Algorithm = 'sha256' | 'sha512';
/** A digest whose form was checked. */
export type Digest = `${Algorithm}:${string}`;

/** Distribution limits a name to 255 characters; folders with longer names would not travel. */
export const isName = (text: string): boolean => text.length <= 255 && namePattern.test(text);
export const isTag = (text: string): boolean => tagPattern.test(text);
export const isDigest = (text: string): text is Digest => digestPattern.test(text);
export const isUploadId = (text: string): boolean => uploadPattern.test(text);
export const isAlgorithm = (text: string): text is Algorithm => text === 'sha256' || text === 'sha512';

export const algorithmOf = (digest: Digest): Algorithm => digest.slice(0, 6) as Algorithm;
export const hexOf = (digest: Digest): string => digest.slice(7);
