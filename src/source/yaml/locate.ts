/** The position of a field in a YAML tree, and how its value is written. It must not know what fields mean. */
import { type Document, type ParsedNode, isAlias, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { FieldPath } from '../../api/resource.js';
import type { YamlDocument } from './compose.js';
import { isMergeKey, keyText } from './plain.js';

interface Step {
  /** The offset that a finding points at: the key of an entry, the value of an item. */
  readonly offset: number;
  readonly node: unknown;
}

/** The offset of a field, or of its nearest existing ancestor: the key of an entry, the start of an item. */
export function yamlOffset(document: YamlDocument, path: FieldPath): number {
  let current: Step = { offset: startOf(document.contents) ?? 0, node: document.contents };
  for (const step of path) {
    const next = find(document, resolved(document, current.node), step);
    if (next === undefined) break;
    current = { offset: next.offset, node: next.node };
  }
  return current.offset;
}

/** The source text of a field's value; `undefined` unless it is a plain (unquoted) scalar. */
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

/** The target of an alias; other nodes are returned unchanged. */
function resolved(document: Document<ParsedNode>, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function startOf(node: unknown): number | undefined {
  const known = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return known ? node.range?.[0] : undefined;
}
