/** Reads the files and directories that a user names, and optionally the standard input, without a server. */
import type { Readable } from 'node:stream';
import type { ControlPlaneApi } from '../../control-plane/api/api.js';
import { STANDARD_INPUT } from '../../source/index.js';
import { MAX_FILE_BYTES } from '../../source/yaml/limits.js';
import { CliError } from '../output/cli-error.js';
import { parseConfigPaths, requirePaths } from '../options/config-paths.js';
import type { Ports } from '../command/ports.js';
import type { Terminal } from '../output/terminal.js';

/**
 * @param texts paths as given by the user; `-` is the standard input.
 * @param origin the flag that has the paths, `--config`; empty for operands.
 * @throws CliError (usage) for an invalid path.
 */
export async function loadPaths(
  texts: readonly string[],
  origin: string,
  { ports, terminal }: { readonly ports: Ports; readonly terminal: Terminal },
): Promise<ControlPlaneApi> {
  const paths = parseConfigPaths(texts, origin);
  await requirePaths(paths, origin);
  const readsInput = paths.some(({ path }) => path === STANDARD_INPUT);
  return ports.load(paths, readsInput ? { standardInput: await readInput(terminal.stdin) } : {});
}

async function readInput(stdin: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    length += bytes.length;
    if (length > MAX_FILE_BYTES)
      throw new CliError('usage', `The standard input has more than ${MAX_FILE_BYTES} bytes. Split it.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
