/** The documents of files with the keys that they have in etcd. */
import { refOfDocument } from '../../api/kinds.js';
import { type RawResource, compareText } from '../../api/resource.js';
import { type FileFinding, keyOfResource, readFiles } from '../../source/index.js';
import type { GivenPaths } from '../queries/load-paths.js';

export interface KeyedDocuments {
  /** By key, sorted. */
  readonly documents: ReadonlyMap<string, RawResource>;
  readonly findings: readonly FileFinding[];
}

export function keyedDocuments({ paths, options }: GivenPaths, prefix: string): KeyedDocuments {
  const { resources, findings } = readFiles(paths, options);
  const keyed = resources.map((raw) => [`${prefix}${keyOfResource(refOfDocument(raw))}`, raw] as const);
  return { documents: new Map(keyed.toSorted(([a], [b]) => compareText(a, b))), findings };
}

/** The text of a document in etcd. A status is a result, and not written. */
export function valueOf({ document }: RawResource): Buffer {
  const { status: _status, ...rest } = document;
  return Buffer.from(`${JSON.stringify(rest, null, 2)}\n`);
}
