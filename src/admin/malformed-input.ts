/**
 * The error for text that a person gave (a query parameter, a flag) and that does not read as what it should be. Its message
 * is a sentence for that person; what becomes of it (400, a usage error) is the caller's affair.
 */
export class MalformedInput extends Error {
  override readonly name = 'MalformedInput';
}
