/** Files that flags name must be usable when the program starts. */
import { AccessFileError } from '../../access/access-files.js';
import { TlsFileError } from '../../tls/tls-files.js';
import { CliError } from '../output/cli-error.js';

/** @throws CliError (usage) with the sentence of the reader if the files cannot be used. */
export async function requireUsable(read: () => Promise<unknown>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (error instanceof TlsFileError || error instanceof AccessFileError)
      throw new CliError('usage', error.message, { cause: error });
    throw error;
  }
}
