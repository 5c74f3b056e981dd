/** Reads manifests, and writes several as one stream. */
import { readFile } from 'node:fs/promises';
import { decodeText } from '../../source/files/text.js';
import { STANDARD_INPUT } from '../../source/index.js';
import { CliError } from '../output/cli-error.js';
import type { Terminal } from '../output/terminal.js';
import { readInput } from '../queries/load-paths.js';

export interface Manifest {
  /** As the user names it. */
  readonly file: string;
  readonly text: string;
}

/**
 * @param files `-` is the standard input.
 * @throws CliError (usage) for a file that cannot be read, or is given twice; (failed) for one that is not text.
 */
export async function readManifests(
  files: readonly string[],
  terminal: Terminal,
  limits: { readonly fileBytes: number },
): Promise<readonly Manifest[]> {
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new CliError('usage', `-f ${twice} is given more than once.`);
  const manifests: Manifest[] = [];
  for (const file of files) {
    const bytes = file === STANDARD_INPUT ? await readInput(terminal.stdin, limits) : await readBytes(file, limits);
    manifests.push({ file, text: decoded(file, bytes) });
  }
  return manifests;
}

async function readBytes(file: string, { fileBytes }: { readonly fileBytes: number }): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const reasons: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EISDIR: 'it is a directory' };
    throw new CliError('usage', `-f ${file}: ${reasons[code] ?? `it cannot be read (${code})`}.`, { cause: error });
  }
  if (bytes.length <= fileBytes) return bytes;
  throw new CliError('usage', `-f ${file}: it has more than ${fileBytes} bytes. Split it, or set --max-file-size.`);
}

function decoded(file: string, bytes: Buffer): string {
  const decoding = decodeText(bytes);
  if ('text' in decoding) return decoding.text;
  const { line, column, message } = decoding.finding;
  throw new CliError('failed', `${file}:${line}:${column} ${message}`);
}

/** The texts as one stream of documents. One text stays as it is, except for its byte order mark. */
export function joined(texts: readonly string[]): string {
  return texts.reduce((stream, text) => {
    const separator = /^(?:---|%)/u.test(text) ? '' : '---\n';
    return stream + (stream.endsWith('\n') ? '' : '\n') + separator + text;
  });
}
