/** How golden files are written: YAML that a person reads in a diff. The same value always gives the same text. */
import { Document, isCollection, isMap, isPair, isSeq } from 'yaml';

/** The most characters of a collection on one line, as JSON: an endpoint, a matcher, a header. */
const ONE_LINE = 100;

/**
 * `value` as a YAML document. Short collections are on one line, others and the outermost have a line for each item; texts
 * are never folded, and equal parts are repeated, not aliased. Parsing the document gives `value` back.
 */
export function toGoldenYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  putShortOnOneLine(document.contents);
  if (isCollection(document.contents)) document.contents.flow = false;
  return document.toString({ lineWidth: 0, indentSeq: false });
}

/** The length of the node as JSON, about. */
function putShortOnOneLine(node: unknown): number {
  if (isPair(node)) return putShortOnOneLine(node.key) + putShortOnOneLine(node.value);
  if (!isMap(node) && !isSeq(node)) return JSON.stringify(node).length;
  const items: readonly unknown[] = node.items;
  const length = items.reduce<number>((sum, item) => sum + putShortOnOneLine(item) + 2, 0);
  node.flow = length <= ONE_LINE;
  return length;
}
