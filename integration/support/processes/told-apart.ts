/** Runs a test as a separate process in network namespaces, with a directory, and ends the process even if servers still listen. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitOnSignals } from './signals.js';

/** Ends the process with 0, or with the error of the test. */
export async function tellApart(prefix: string, tell: (scratch: string) => Promise<void>): Promise<void> {
  exitOnSignals();
  const scratch = await mkdtemp(join(tmpdir(), prefix));
  try {
    await tell(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  process.exit(0);
}
