/** Answers of an API server that are errors. https://kubernetes.io/docs/reference/using-api/api-concepts/ */

/** An answer of the API server other than 200. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** When to ask again at the earliest, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, message: string, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server no longer knows the version: list again. */
export const GONE = 410;
/** There is no such object, or nothing is served at the path. */
export const OBJECT_NOT_FOUND = 404;
/** The object has changed, exists already, or belongs to another manager. */
export const CONFLICT = 409;
/** The server asks for fewer requests. */
export const TOO_MANY_REQUESTS = 429;
