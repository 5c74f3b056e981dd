/** A story in a process of its own, inside network namespaces: a directory for it, and an end even if something still listens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitOnSignals } from './signals.js';

/** Ends the process: with 0, or by the error of the story. */
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
