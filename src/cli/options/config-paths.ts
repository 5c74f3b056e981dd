/** Parses the files and directories that a user names as `[NAME=]PATH`, and checks that they exist before they are read. */
import { access, constants, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ConfigPath, STANDARD_INPUT, missingHint } from '../../source/index.js';
import { CliError } from '../output/cli-error.js';

/** A name of a cluster before the `=`, such as the name of a kubeconfig context. */
const CLUSTER = /^[A-Za-z0-9](?:[-\w.:@]*[A-Za-z0-9])?$/u;

/**
 * Parses paths, each with an optional cluster. Duplicate paths are merged. An existing path that contains `=` is a path; `./` in
 * front of it makes this explicit.
 * @param origin the flag that has the paths, `--config`; empty for operands.
 * @throws CliError (usage) for an invalid name, an empty path, or a path with two clusters.
 */
export function parseConfigPaths(texts: readonly string[], origin: string): readonly ConfigPath[] {
  const byPlace = new Map<string, ConfigPath>();
  for (const text of texts) {
    const parsed = parseConfigPath(text, shown(text, origin));
    const place = parsed.path === STANDARD_INPUT ? STANDARD_INPUT : resolve(parsed.path);
    const known = byPlace.get(place);
    if (known !== undefined && known.cluster !== parsed.cluster) {
      const clusters = [known, parsed].map(({ cluster }) => cluster ?? 'none').join(' and ');
      throw new CliError('usage', `${shown(text, origin)}: the path is given for two clusters, ${clusters}.`);
    }
    byPlace.set(place, known ?? parsed);
  }
  return [...byPlace.values()];
}

function parseConfigPath(text: string, what: string): ConfigPath {
  const equals = text.indexOf('=');
  const [name, path] = [text.slice(0, equals), text.slice(equals + 1)];
  if (equals < 0 || /[/\\]|^\.|^~/u.test(name) || (existsSync(text) && !existsSync(path))) {
    if (text === '') throw new CliError('usage', `${what}: the path is empty.`);
    return { path: text };
  }
  if (path === '') throw new CliError('usage', `${what}: the path is missing after "${name}=".`);
  if (CLUSTER.test(name)) return { path, cluster: name };
  throw new CliError(
    'usage',
    `${what}: "${name}" is not a valid name of a cluster. If it is part of the path, write "./${text}".`,
  );
}

/**
 * @param origin the flag that has the paths, `--config`; empty for operands.
 * @throws CliError (usage) for the first path that does not exist or cannot be read.
 */
export async function requirePaths(paths: readonly ConfigPath[], origin: string): Promise<void> {
  for (const { path } of paths) if (path !== STANDARD_INPUT) await requirePath(path, shown(path, origin));
}

function shown(text: string, origin: string): string {
  return origin === '' ? text : `${origin} ${text}`;
}

async function requirePath(path: string, what: string): Promise<void> {
  try {
    await stat(path);
    await access(path, constants.R_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const missing = `there is no such file or directory.${missingHint(path)}`;
    const reason = code === 'ENOENT' ? missing : `it cannot be read (${String(code)}).`;
    throw new CliError('usage', `${what}: ${reason}`, { cause: error });
  }
}
