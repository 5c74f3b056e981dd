/**
 * Invalid text from a user, such as a query parameter or a flag. The message is a sentence for the user. The caller maps the error to a
 * status code or exit code.
 */
export class MalformedInput extends Error {
  override readonly name = 'MalformedInput';
}
