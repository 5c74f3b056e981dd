/** Runs the load client on its core and returns its result. */
import { fileURLToPath } from 'node:url';
import type { FloorJob, LoadJob } from './load/job.js';
import { firstLine, parseLine, start } from './machine/child.js';

const PROGRAM = fileURLToPath(new URL('load/main.js', import.meta.url));

/** `key`: a key of the result. */
export async function runLoad<Result extends object>(
  job: LoadJob | FloorJob,
  key: keyof Result & string,
  { core, limitMs }: { readonly core: number | undefined; readonly limitMs: number },
): Promise<Result> {
  const child = start([process.execPath, '--max-semi-space-size=64', PROGRAM, JSON.stringify(job)], core);
  try {
    return await firstLine(child, limitMs, (line) => parseLine<Result>(line, key));
  } finally {
    await child.stop(0);
  }
}
