/** Reads the files and directories that a user names, and optionally the standard input, without a server. */
import type { Readable } from 'node:stream';
import type { ControlPlaneApi } from '../../control-plane/api/api.js';
import { type ConfigPath, type ReadFilesOptions, type ReadLimits, STANDARD_INPUT } from '../../source/index.js';
import { CliError } from '../output/cli-error.js';
import { parseConfigPaths, requirePaths } from '../options/config-paths.js';
import { type ReadLimitFlags, readLimitsOf } from '../options/read-limit-flags.js';
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
  { ports, ...given }: { readonly ports: Ports; readonly terminal: Terminal; readonly values: ReadLimitFlags },
): Promise<ControlPlaneApi> {
  const { paths, options } = await givenPaths(texts, origin, given);
  return ports.load(paths, options);
}

/** What there is to read. The standard input was read already. */
export interface GivenPaths {
  readonly paths: readonly ConfigPath[];
  readonly options: ReadFilesOptions;
}

/** Parameters and errors as for {@link loadPaths}. */
export async function givenPaths(
  texts: readonly string[],
  origin: string,
  { terminal, values }: { readonly terminal: Terminal; readonly values: ReadLimitFlags },
): Promise<GivenPaths> {
  const limits = readLimitsOf(values);
  const paths = parseConfigPaths(texts, origin);
  await requirePaths(paths, origin);
  const readsInput = paths.some(({ path }) => path === STANDARD_INPUT);
  const standardInput = readsInput ? await readInput(terminal.stdin, limits) : undefined;
  return { paths, options: { limits, ...(standardInput && { standardInput }) } };
}

/** @throws CliError (usage) if it is longer than a file may be. */
export async function readInput(stdin: Readable, { fileBytes }: Pick<ReadLimits, 'fileBytes'>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    length += bytes.length;
    if (length > fileBytes)
      throw new CliError(
        'usage',
        `The standard input has more than ${fileBytes} bytes. Split it, or set --max-file-size.`,
      );
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
