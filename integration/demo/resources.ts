/**
 * The files of the example for the demo. Only addresses and ports are changed if others are free on this machine.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, parseAllDocuments, visit, type Document } from 'yaml';
import { EXAMPLE_PREFIX, SERVICE_PORT, type Layout } from './layout.js';

const EXAMPLE = fileURLToPath(new URL('../../../examples/bookinfo/', import.meta.url));

/** The files of the example by name. */
export async function exampleFiles(layout: Layout): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(EXAMPLE)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = names.map(async (name) => [name, adapt(await readFile(join(EXAMPLE, name), 'utf8'), layout)] as const);
  return new Map(await Promise.all(texts));
}

function adapt(text: string, layout: Layout): string {
  const moved = text.replaceAll(`${EXAMPLE_PREFIX}.`, `${layout.block.prefix}.`);
  if (layout.portOffset === 0) return moved;
  const documents = parseAllDocuments(moved) as readonly Document[];
  for (const document of documents) moveEndpointPorts(document, layout.portOffset);
  return documents.map((document) => document.toString()).join('');
}

/** The services keep their port; their endpoints listen elsewhere. */
function moveEndpointPorts(document: Document, offset: number): void {
  visit(document.getIn(['spec', 'kubeService', 'endpointSubsets'], true) as Document, {
    Map: (_key, map) => {
      if (isMap(map) && map.get('port') === SERVICE_PORT) map.set('port', SERVICE_PORT + offset);
    },
  });
}
