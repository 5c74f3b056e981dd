/**
 * Turns the signals that end a process into an exit, so that what is registered for `exit` runs: child processes are
 * ended there.
 */

/** @param code default 130, as shells have it for an interrupted program. */
export function exitOnSignals(code = 130): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(code));
}
