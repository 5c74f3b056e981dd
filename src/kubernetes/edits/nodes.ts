/** Where the nodes of a YAML tree begin and end in their text. */
import { type Pair, type ParsedNode, type YAMLMap, type YAMLSeq, isMap, isSeq } from 'yaml';
import { isMergeKey, keyText } from '../../source/yaml/plain.js';
import { lineStart } from './draft.js';

export type Node = ParsedNode;
export type MapNode = YAMLMap.Parsed;
export type SeqNode = YAMLSeq.Parsed;
export type PairNode = Pair<ParsedNode, ParsedNode | null>;

/** Without its tag and anchor. */
export function nodeStart(node: Node): number {
  return node.range[0];
}

/** The end of what a node says, without comments and blank lines after it. A block scalar ends after its last line. */
export function endOf(text: string, node: Node): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1);
    if (last !== undefined) return pairEnd(text, last);
  }
  if (isSeq(node) && node.flow !== true) {
    const last = node.items.at(-1);
    if (last !== undefined && 'range' in last) return endOf(text, last);
  }
  return node.range[1];
}

/** A pair without a value ends with its colon. */
export function pairEnd(text: string, { key, value }: PairNode): number {
  if (value !== null && value.range[1] > value.range[0]) return endOf(text, value);
  return /^\s*:/u.test(text.slice(key.range[1])) ? text.indexOf(':', key.range[1]) + 1 : key.range[1];
}

/** The pair of a key, unless it comes from a merged mapping. */
export function pairOf(map: MapNode, key: string): PairNode | undefined {
  return map.items.find((pair) => keyText(pair.key) === key && !isMergeKey(pair.key));
}

export function isFlow(node: MapNode | SeqNode): boolean {
  return node.flow === true;
}

export function seqItems(seq: SeqNode): readonly Node[] {
  return seq.items.filter((item): item is Exclude<typeof item, PairNode> => 'range' in item);
}

/** Whether the first list of a tree that is the value of a key stands right of the key, not below it. Default: no, as kubectl writes lists. */
export function indentsLists(text: string, root: Node | null): boolean {
  return firstListIndented(text, root) ?? false;
}

function firstListIndented(text: string, node: Node | null): boolean | undefined {
  if (isSeq(node)) return firstOf(seqItems(node), (item) => firstListIndented(text, item));
  if (!isMap(node)) return undefined;
  return firstOf(node.items, ({ key, value }) => {
    if (!isSeq(value) || value.flow === true) return firstListIndented(text, value);
    return column(text, nodeStart(value)) > column(text, nodeStart(key));
  });
}

function firstOf<Item>(items: readonly Item[], find: (item: Item) => boolean | undefined): boolean | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function column(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}
