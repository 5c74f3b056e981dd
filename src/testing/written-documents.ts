/** Documents that people write, and what `lifeboat check` finds about a single one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { isKnownKind, recognizeKind } from '../api/kinds.js';
import type { Finding } from '../control-plane/api/api.js';
import { createControlPlane } from '../control-plane/control-plane.js';
import type { ArbitraryDocument } from './arbitrary-documents.js';
import { readDocuments } from './case.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The custom resources in the YAML files of these directories, which are paths from the root of the repository. */
export function customResourcesIn(...directories: readonly string[]): readonly ArbitraryDocument[] {
  return directories.flatMap((directory) =>
    readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .flatMap((name) => parseAllDocuments(readFileSync(join(ROOT, directory, name), 'utf8')))
      .map((document) => document.toJS() as ArbitraryDocument | null)
      .filter((document) => document !== null && isCustom(document)),
  ) as readonly ArbitraryDocument[];
}

function isCustom({ apiVersion = '', kind = '' }: Partial<ArbitraryDocument>): boolean {
  return isKnownKind(recognizeKind(apiVersion, kind)) && apiVersion.includes('.solo.io/');
}

/** The findings about a document as if there were no others. */
export function findingsAbout(document: ArbitraryDocument): readonly Finding[] {
  const plane = createControlPlane();
  plane.apply({
    upserts: readDocuments('document.json', JSON.stringify(document)),
    deletes: [],
    findings: [],
    newFindings: [],
    arrival: 1,
  });
  return plane.findings();
}
