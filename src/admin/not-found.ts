/** What a request names does not exist; the message is a sentence for whoever asked. */
export class NotFound extends Error {
  override readonly name = 'NotThere';
}

/** What tells its answer apart from that to an unknown path. */
export const NOT_FOUND = 'NotFound';
