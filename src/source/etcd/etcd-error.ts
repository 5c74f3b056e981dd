/** Answers of etcd other than success. */
import { type ServiceError, status } from '@grpc/grpc-js';

export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  /** https://grpc.io/docs/guides/status-codes/ */
  readonly code: status;

  constructor(code: status, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** No member answers, or none that has a leader. Another one may. */
const UNREACHABLE: ReadonlySet<status> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED]);

export function isUnreachable(error: unknown): boolean {
  return error instanceof EtcdError && UNREACHABLE.has(error.code);
}

/** The token is unknown or expired, or permissions have changed since it was issued. */
export function isStaleToken(error: unknown): boolean {
  if (!(error instanceof EtcdError)) return false;
  return (
    error.code === status.UNAUTHENTICATED || /revision of auth store is old|invalid auth token/.test(error.message)
  );
}

/** `asked`: the endpoint that was asked. */
export function etcdError({ code, details, message }: ServiceError, asked: string): EtcdError {
  const words = code === status.DEADLINE_EXCEEDED ? 'no answer in time' : details || message;
  // Words of OpenSSL have several lines, and grpc-js adds an empty note.
  const [line = ''] = words.replace(/^etcdserver: /, '').split(/\s*(?:\n|\. Resolution note:)/u, 1);
  return new EtcdError(code, `${asked}: ${line}`);
}
