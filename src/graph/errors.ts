/** Errors that must not keep the rest from being done: collected while work goes on, thrown when it is over. */

/** Throws the error, or all of them as an `AggregateError`; does nothing if there is none. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('; '));
  for (const error of errors) throw error;
}
