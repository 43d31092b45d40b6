/** Why the engine does not do what was asked. The HTTP edge alone knows which status and OCI code that is. */
export type RefusalKind =
  | 'name-invalid'
  | 'name-unknown'
  | 'tag-invalid'
  | 'digest-invalid'
  | 'digest-mismatch'
  | 'blob-unknown'
  | 'upload-unknown'
  | 'upload-invalid'
  | 'size-invalid'
  | 'range-invalid'
  | 'range-unsatisfiable'
  | 'manifest-unknown'
  | 'manifest-invalid'
  | 'manifest-too-large'
  | 'page-invalid'
  | 'unauthorized'
  | 'denied'
  | 'too-many-requests'
  | 'too-many-uploads'
  | 'too-slow'
  | 'unsupported'
  | 'method-unknown'
  | 'path-unknown'
  | 'storage-full';

/** A request refused for a known reason; carries no secrets, its detail is sent to the client. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly detail: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(kind: RefusalKind, detail: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
    super(kind);
    this.name = 'Refusal';
    this.kind = kind;
    this.detail = detail;
    this.headers = headers;
  }
}
