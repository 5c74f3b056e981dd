/** Errors that must not stop the remaining work: they are collected, and thrown at its end. */

/** Throws the error, or all of them as an `AggregateError`; does nothing if there is none. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('; '));
  for (const error of errors) throw error;
}
