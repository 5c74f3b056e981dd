/** The check that the files and directories a user names are there, before anything is read. */
import { access, constants, stat } from 'node:fs/promises';
import { CliError } from './cli-error.js';

/**
 * @param origin how the user gave them: `--config`, or empty for operands.
 * @throws CliError (usage) for the first path that does not exist or cannot be read.
 */
export async function requirePaths(paths: readonly string[], origin: string): Promise<void> {
  for (const path of paths) await requirePath(path, origin === '' ? path : `${origin} ${path}`);
}

async function requirePath(path: string, shown: string): Promise<void> {
  try {
    await stat(path);
    await access(path, constants.R_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason = code === 'ENOENT' ? 'there is no such file or directory' : `it cannot be read (${String(code)})`;
    throw new CliError('usage', `${shown}: ${reason}.`, { cause: error });
  }
}
