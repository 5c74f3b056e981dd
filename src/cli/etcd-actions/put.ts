/** `lifeboat etcd put PATH…`: writes the documents of files, unless they have errors. */
import type { Finding } from '../../control-plane/api/api.js';
import { fileOfKey } from '../../source/index.js';
import type { EtcdChange, EtcdEntry } from '../../source/etcd/client.js';
import type { Ports } from '../command/ports.js';
import { EXIT, type ExitCode } from '../output/cli-error.js';
import { writeFindings } from '../output/finding-lines.js';
import { type Terminal, write } from '../output/terminal.js';
import type { GivenPaths } from '../queries/load-paths.js';
import { keyedDocuments, valueOf } from './documents.js';
import type { EtcdSession } from './session.js';

export interface PutOptions {
  readonly given: GivenPaths;
  readonly ports: Ports;
  readonly terminal: Terminal;
  /** Whether documents are written although some have errors. */
  readonly force: boolean;
}

/** Nothing is written if a document has an error. Documents that etcd has already as they are are not written. */
export async function putDocuments(session: EtcdSession, options: PutOptions): Promise<ExitCode> {
  const { given, ports, terminal, force } = options;
  const { documents } = keyedDocuments(given, session.prefix);
  const { entries } = await session.list(session.prefix);
  const others = entries.filter(({ key }) => !documents.has(key));
  const findings = await findingsAmong(given, others, ports);
  await writeFindings(findings, terminal.stderr, terminal.env);
  if (!force && findings.some(({ severity }) => severity === 'error')) {
    await write(terminal.stderr, 'Nothing was written. Correct the errors, or write all the same with --force.\n');
    return EXIT.failed;
  }
  const known = new Map(entries.map(({ key, value }) => [key, value]));
  const changes: EtcdChange[] = [];
  const lines: string[] = [];
  for (const [key, raw] of documents) {
    const [before, value] = [known.get(key), valueOf(raw)];
    const isSame = before?.equals(value) === true;
    if (!isSame) changes.push({ key, value });
    lines.push(`${key} ${before === undefined ? 'created' : isSame ? 'unchanged' : 'changed'}\n`);
  }
  await session.apply(changes);
  await write(terminal.stdout, lines.join(''));
  return EXIT.fine;
}

/** The findings about these files, beside what else is in etcd: a document may need another one that is there already. */
async function findingsAmong(
  { paths, options }: GivenPaths,
  others: readonly EtcdEntry[],
  ports: Ports,
): Promise<readonly Finding[]> {
  const texts = others.map(({ key, value }) => ({ name: fileOfKey(key), bytes: value }));
  const controlPlane = await ports.load(paths, { ...options, texts });
  const names = new Set(texts.map(({ name }) => name));
  return controlPlane.findings().filter(({ file }) => !names.has(file));
}
