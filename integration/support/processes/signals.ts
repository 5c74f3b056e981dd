/**
 * Makes signals end the process through `exit`, so that its handlers run, which end child processes.
 */

/** @param code exit code. Default: 130, as in shells for an interrupted program. */
export function exitOnSignals(code = 130): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(code));
}
