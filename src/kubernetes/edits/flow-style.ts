/** Changes of mappings and lists in flow style, which JSON is. New text is JSON. Each returns whether it can be made. */
import { type Draft, indentAt, lineStart } from './draft.js';
import type { Mapping } from './data.js';
import { type MapNode, type Node, type PairNode, type SeqNode, endOf, seqItems, pairEnd, nodeStart } from './nodes.js';

function addPairs(draft: Draft, map: MapNode, entries: Mapping): boolean {
  const [first] = map.items;
  if (first === undefined) return false;
  const indent = indentOfItems(draft, nodeStart(map), nodeStart(first.key));
  addAfterBracket(
    draft,
    nodeStart(map),
    Object.entries(entries).map((entry) => pairText(draft, entry, indent)),
    indent,
  );
  return true;
}

function addFirstItems(draft: Draft, seq: SeqNode, values: readonly unknown[]): boolean {
  const [first] = seqItems(seq);
  if (first === undefined) return false;
  const indent = indentOfItems(draft, nodeStart(seq), nodeStart(first));
  addAfterBracket(
    draft,
    nodeStart(seq),
    values.map((value) => draft.json(value, indent)),
    indent,
  );
  return true;
}

function addItemsAfter(draft: Draft, seq: SeqNode, item: Node, values: readonly unknown[]): boolean {
  const indent = indentOfItems(draft, nodeStart(seq), nodeStart(item));
  for (const value of values)
    draft.insert(endOf(draft.text, item), `,${gap(draft, indent) || ' '}${draft.json(value, indent)}`);
  return true;
}

function removePair(draft: Draft, map: MapNode, pair: PairNode): boolean {
  const index = map.items.indexOf(pair);
  const ranges = map.items.map((one) => [nodeStart(one.key), pairEnd(draft.text, one)] as const);
  return removeOne(draft, ranges, index);
}

function removeItem(draft: Draft, seq: SeqNode, item: Node): boolean {
  const items = seqItems(seq);
  const ranges = items.map((one) => [nodeStart(one), endOf(draft.text, one)] as const);
  return removeOne(draft, ranges, items.indexOf(item));
}

function replacePair(draft: Draft, map: MapNode, pair: PairNode, value: Mapping): boolean {
  const indent = indentOfItems(draft, nodeStart(map), nodeStart(pair.key));
  const text = Object.entries(value).map((entry) => pairText(draft, entry, indent));
  draft.replace(nodeStart(pair.key), pairEnd(draft.text, pair), text.join());
  return true;
}

function replaceItem(draft: Draft, seq: SeqNode, item: Node, value: unknown): boolean {
  draft.replace(
    nodeStart(item),
    endOf(draft.text, item),
    draft.json(value, indentOfItems(draft, nodeStart(seq), nodeStart(item))),
  );
  return true;
}

function pairText(draft: Draft, [key, value]: readonly [string, unknown], indent: string | undefined): string {
  return `${JSON.stringify(key)}: ${draft.json(value, indent)}`;
}

/** The indentation of items that stand in lines of their own; else `undefined`. */
function indentOfItems({ text }: Draft, open: number, item: number): string | undefined {
  return lineStart(text, item) > open ? indentAt(text, item) : undefined;
}

/** What stands between a bracket or comma and an item. */
function gap({ eol }: Draft, indent: string | undefined): string {
  return indent === undefined ? '' : eol + indent;
}

/** Each new text is followed by a comma, because another item follows. */
function addAfterBracket(draft: Draft, open: number, texts: readonly string[], indent: string | undefined): void {
  const lines = texts.map((text) => `${gap(draft, indent)}${text},${indent === undefined ? ' ' : ''}`);
  draft.insert(open + 1, lines.join(''));
}

/** With the comma after it; the last with the comma before it. */
function removeOne(draft: Draft, ranges: readonly (readonly [number, number])[], index: number): boolean {
  const [own, before, after] = [ranges[index], ranges[index - 1], ranges[index + 1]];
  if (own === undefined) return false;
  if (after !== undefined) draft.replace(own[0], after[0], '');
  else if (before !== undefined) draft.replace(before[1], own[1], '');
  return before !== undefined || after !== undefined;
}

export const flowStyle = { addFirstItems, addItemsAfter, addPairs, removeItem, removePair, replaceItem, replacePair };
