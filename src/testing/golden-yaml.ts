/** Formats golden files: YAML that is readable in a diff. The same value always has the same text. */
import { Document, isCollection, isMap, isPair, isSeq } from 'yaml';

/** Maximum length of a collection in one line, as JSON: an endpoint, a matcher, a header. */
const ONE_LINE = 100;

/**
 * `value` as a YAML document. A short collection is in one line. Others, and the outermost one, have a line for each item. Texts are never
 * folded, and equal parts are repeated without aliases. Parsing the document returns `value`.
 */
export function toGoldenYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  putShortOnOneLine(document.contents);
  if (isCollection(document.contents)) document.contents.flow = false;
  return document.toString({ lineWidth: 0, indentSeq: false });
}

/** An estimate of the length of the node as JSON. */
function putShortOnOneLine(node: unknown): number {
  if (isPair(node)) return putShortOnOneLine(node.key) + putShortOnOneLine(node.value);
  if (!isMap(node) && !isSeq(node)) return JSON.stringify(node).length;
  const items: readonly unknown[] = node.items;
  const length = items.reduce<number>((sum, item) => sum + putShortOnOneLine(item) + 2, 0);
  node.flow = length <= ONE_LINE;
  return length;
}
