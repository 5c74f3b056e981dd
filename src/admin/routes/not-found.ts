/** The object that a request names does not exist. The message is a sentence for the user. */
export class NotFound extends Error {
  override readonly name = 'NotThere';
}

/** Distinguishes the response from that to an unknown path. */
export const NOT_FOUND = 'NotFound';
