/**
 * Where the real Envoy is: asks `fetch.sh`, which fetches it when there is none yet.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Path of an Envoy that runs on this machine. The error's message is the sentence that `fetch.sh` said. */
export async function envoyBinary(): Promise<string> {
  const script = fileURLToPath(new URL('../../envoy/fetch.sh', import.meta.url));
  const { stdout } = await run(script).catch((error: unknown) => {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(said === '' ? `${script} failed` : said, { cause: error });
  });
  return stdout.trim();
}
