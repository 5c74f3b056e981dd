/**
 * Turns the signals that end a process into an exit, so that what is registered for `exit` runs: child processes are ended there.
 */

export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
}
