/** Finds the real Envoy with `fetch.sh`, which downloads it if it is missing. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The path of an Envoy that runs on this machine.
 * @throws Error with the message that `fetch.sh` printed.
 */
export async function envoyBinary(): Promise<string> {
  const script = fileURLToPath(new URL('../../envoy/fetch.sh', import.meta.url));
  const { stdout } = await run(script).catch((error: unknown) => {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(said === '' ? `${script} failed` : said, { cause: error });
  });
  return stdout.trim();
}
