/** Where a field stands in a YAML tree, and how it is written. Knows nothing of what fields mean. */
import { type Document, type ParsedNode, isAlias, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { FieldPath } from '../../api/resource.js';
import type { YamlDocument } from './compose.js';
import { isMergeKey, keyText } from './plain.js';

interface Step {
  /** Where a reader would look for it: an entry's key, an item's value. */
  readonly offset: number;
  readonly node: unknown;
}

/** The offset of a field, or of its nearest ancestor that is there: of an entry its key, of an item its beginning. */
export function yamlOffset(document: YamlDocument, path: FieldPath): number {
  let current: Step = { offset: startOf(document.contents) ?? 0, node: document.contents };
  for (const step of path) {
    const next = find(document, resolved(document, current.node), step);
    if (next === undefined) break;
    current = { offset: next.offset, node: next.node };
  }
  return current.offset;
}

/** The text of a field's value where that is a plain (unquoted) scalar, as it is written. */
export function yamlScalar(document: YamlDocument, path: FieldPath): string | undefined {
  let node: unknown = document.contents;
  for (const step of path) node = find(document, resolved(document, node), step)?.node;
  const scalar = resolved(document, node);
  return isScalar(scalar) && scalar.type === 'PLAIN' ? scalar.source : undefined;
}

function find(document: YamlDocument, node: unknown, step: string | number): Step | undefined {
  if (typeof step === 'number') return isSeq(node) && step < node.items.length ? item(node.items[step]) : undefined;
  return isMap(node) ? (entry(node.items, step) ?? mergedEntry(document, node.items, step)) : undefined;
}

function item(node: unknown): Step | undefined {
  const offset = startOf(node);
  return offset === undefined ? undefined : { offset, node };
}

function entry(pairs: readonly unknown[], key: string): Step | undefined {
  for (const pair of pairs) {
    if (!isPair(pair) || keyText(pair.key) !== key || isMergeKey(pair.key)) continue;
    const offset = startOf(pair.key);
    if (offset !== undefined) return { offset, node: pair.value };
  }
  return undefined;
}

function mergedEntry(document: YamlDocument, pairs: readonly unknown[], key: string): Step | undefined {
  for (const pair of pairs) {
    if (!isPair(pair) || !isMergeKey(pair.key)) continue;
    const value = resolved(document, pair.value);
    for (const source of isSeq(value) ? value.items : [value]) {
      const found = find(document, resolved(document, source), key);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The node that an alias stands for; anything else stands for itself. */
function resolved(document: Document<ParsedNode>, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function startOf(node: unknown): number | undefined {
  const known = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return known ? node.range?.[0] : undefined;
}
