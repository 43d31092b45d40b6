import type { ServerResponse } from 'node:http';
import { Refusal, type RefusalKind } from '../refusal.ts';
import { reply } from './reply.ts';

interface Answer {
  status: number;
  /** Code of the distribution specification, section "Error Codes". */
  code: string;
  message: string;
}

const answers: Record<RefusalKind, Answer> = {
  'name-invalid': { status: 400, code: 'NAME_INVALID', message: 'invalid repository name' },
  'name-unknown': { status: 404, code: 'NAME_UNKNOWN', message: 'repository name not known to registry' },
  'tag-invalid': { status: 400, code: 'MANIFEST_INVALID', message: 'invalid tag' },
  'digest-invalid': { status: 400, code: 'DIGEST_INVALID', message: 'malformed or unsupported digest' },
  'digest-mismatch': { status: 400, code: 'DIGEST_INVALID', message: 'content does not match the digest' },
  'blob-unknown': { status: 404, code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' },
  'upload-unknown': { status: 404, code: 'BLOB_UPLOAD_UNKNOWN', message: 'blob upload unknown to registry' },
  'upload-invalid': { status: 400, code: 'BLOB_UPLOAD_INVALID', message: 'blob upload invalid' },
  'size-invalid': { status: 400, code: 'SIZE_INVALID', message: 'body and declared length differ' },
  'range-invalid': { status: 416, code: 'BLOB_UPLOAD_INVALID', message: 'not where the upload ends' },
  'range-unsatisfiable': { status: 416, code: 'UNSUPPORTED', message: 'range not satisfiable' },
  'manifest-unknown': { status: 404, code: 'MANIFEST_UNKNOWN', message: 'manifest unknown to registry' },
  'manifest-invalid': { status: 400, code: 'MANIFEST_INVALID', message: 'manifest invalid' },
  'manifest-too-large': { status: 413, code: 'SIZE_INVALID', message: 'manifest larger than 4 MiB' },
  'page-invalid': { status: 400, code: 'UNSUPPORTED', message: 'n must be a whole number' },
  unauthorized: { status: 401, code: 'UNAUTHORIZED', message: 'authentication required' },
  denied: { status: 403, code: 'DENIED', message: 'access to the resource is denied' },
  'too-many-requests': { status: 429, code: 'TOOMANYREQUESTS', message: 'too many failed logins' },
  'too-many-uploads': { status: 429, code: 'TOOMANYREQUESTS', message: 'too many open uploads' },
  'too-slow': { status: 408, code: 'UNKNOWN', message: 'the body comes too slowly' },
  unsupported: { status: 400, code: 'UNSUPPORTED', message: 'the operation is unsupported' },
  'method-unknown': { status: 405, code: 'UNSUPPORTED', message: 'the operation is unsupported' },
  'path-unknown': { status: 404, code: 'UNSUPPORTED', message: 'no such end-point' },
  'storage-full': { status: 507, code: 'DENIED', message: 'the registry has no space left' },
};

/** Foreign errors that mean something to a client. */
const refusalOf = (error: unknown): Refusal | null => {
  if (error instanceof Refusal) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' ? new Refusal('storage-full') : null;
};

/**
 * Answers with the OCI error body.
 * @param requestId told to the client when the fault is ours
 * @returns what was sent; the status is 500 for an error that is not a refusal
 */
export const replyError = (
  response: ServerResponse,
  error: unknown,
  requestId: string,
): { status: number; code: string } => {
  const refusal = refusalOf(error);
  const answer = refusal
    ? answers[refusal.kind]
    : { status: 500, code: 'UNKNOWN', message: 'internal error' };
  const { status, code, message } = answer;
  const detail = { ...refusal?.detail, ...(status >= 500 && { requestId }) };
  const whole = { code, message, ...(Object.keys(detail).length > 0 && { detail }) };
  const body = Buffer.from(JSON.stringify({ errors: [whole] }));
  reply(response, status, { 'Content-Type': 'application/json', ...refusal?.headers }, body);
  return { status, code };
};
