/** Parses the addresses that flags contain. */
import { parseAddress, type SocketAddress } from '../../admin/queries/text-forms.js';
import { MalformedInput } from '../../admin/queries/malformed-input.js';
import { CliError } from '../output/cli-error.js';

/**
 * Parses the address of a flag.
 * @param flag such as `--xds-address`.
 * @throws CliError (usage) with the name of the flag if the text is not HOST:PORT or [IPV6]:PORT.
 */
export function flagAddress(flag: string, text: string): SocketAddress {
  try {
    return parseAddress(text);
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
    throw new CliError('usage', `${flag} ${text}: must be HOST:PORT or [IPV6]:PORT, with a port of at most 65535.`, {
      cause: error,
    });
  }
}
