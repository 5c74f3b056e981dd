/** `lifeboat etcd delete PATH…`: deletes the documents that files have, by kind, namespace and name. */
import { CliError, EXIT, type ExitCode } from '../output/cli-error.js';
import { type Terminal, write } from '../output/terminal.js';
import type { GivenPaths } from '../queries/load-paths.js';
import { keyedDocuments } from './documents.js';
import type { EtcdSession } from './session.js';

/** Exits with 1 if one of them does not exist; the others are deleted. @throws CliError (failed) for a file that cannot be read completely */
export async function deleteDocuments(
  session: EtcdSession,
  { given, terminal }: { readonly given: GivenPaths; readonly terminal: Terminal },
): Promise<ExitCode> {
  const { documents, findings } = keyedDocuments(given, session.prefix);
  const broken = findings.find(({ severity, ref }) => severity === 'error' && ref === undefined);
  if (broken !== undefined)
    throw new CliError('failed', `${broken.file}:${broken.line}: ${broken.message} Nothing was deleted.`);
  const { entries } = await session.list(session.prefix);
  const known = new Set(entries.map(({ key }) => key));
  const keys = [...documents.keys()];
  const found = keys.filter((key) => known.has(key));
  const missing = keys.filter((key) => !known.has(key));
  await session.apply(found.map((key) => ({ key, value: undefined })));
  await write(terminal.stdout, found.map((key) => `${key} deleted\n`).join(''));
  await write(terminal.stderr, missing.map((key) => `${key} does not exist\n`).join(''));
  return missing.length > 0 ? EXIT.failed : EXIT.fine;
}
