/** Why a request ends its call. */
import { STATUS, StreamError } from '../transport/message-stream.js';
import { TooManyNames } from '../wire/names.js';
import { WireError } from '../wire/reader.js';

/** The status for an error that a request led to; undefined for an error that is not the client's. */
export function requestError(error: unknown): StreamError | undefined {
  if (error instanceof StreamError) return error;
  if (error instanceof TooManyNames) return new StreamError(STATUS.resourceExhausted, error.message, 'names');
  if (error instanceof WireError) return new StreamError(STATUS.invalidArgument, `malformed request: ${error.message}`);
  return undefined;
}

/**
 * The type that a request is about.
 * @param only the type of the service; undefined for the aggregated service.
 * @throws StreamError INVALID_ARGUMENT if the service does not serve it.
 */
export function requestedType(typeUrl: string, only: string | undefined): string {
  if (only === undefined && typeUrl === '')
    throw new StreamError(STATUS.invalidArgument, 'type_url is required on an aggregated stream');
  if (only === undefined) return typeUrl;
  if (typeUrl !== '' && typeUrl !== only)
    throw new StreamError(STATUS.invalidArgument, `this service serves ${only} only`);
  return only;
}
