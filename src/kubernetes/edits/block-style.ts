/** Changes of mappings and lists in block style. Each returns whether it can be made. */
import { type Draft, lineEnd, lineStart } from './draft.js';
import type { Mapping } from './data.js';
import { type MapNode, type Node, type PairNode, type SeqNode, endOf, pairEnd, nodeStart } from './nodes.js';

/**
 * Adds entries in front of the others: below the line of the mapping's own key, so that comments stay with what they precede.
 * @param owner the key whose value the mapping is.
 */
function addPairs(draft: Draft, map: MapNode, entries: Mapping, owner: Node | undefined): boolean {
  return addInFront(draft, nodeStart(map), entries, owner);
}

/** Adds items in front of the others. */
function addFirstItems(draft: Draft, seq: SeqNode, values: readonly unknown[], owner: Node | undefined): boolean {
  return addInFront(draft, nodeStart(seq), values, owner);
}

function addInFront(draft: Draft, start: number, value: unknown, owner: Node | undefined): boolean {
  const { text, eol } = draft;
  const indent = ' '.repeat(start - lineStart(text, start));
  const block = draft.block(value, indent);
  const below = owner === undefined ? Infinity : lineEnd(text, endOf(draft.text, owner));
  if (below <= lineStart(text, start)) draft.insert(below, block + eol);
  else draft.insert(start, block.trimStart() + eol + indent);
  return true;
}

function addItemsAfter(draft: Draft, seq: SeqNode, item: Node, values: readonly unknown[]): boolean {
  const indent = ' '.repeat(nodeStart(seq) - lineStart(draft.text, nodeStart(seq)));
  const block = draft.block(values, indent);
  const end = lineEnd(draft.text, endOf(draft.text, item));
  const isInLine = end > 0 && draft.text[end - 1] !== '\n';
  draft.insert(end, isInLine ? draft.eol + block : block + draft.eol);
  return true;
}

/** Removes the lines of an entry; it must begin its first line. */
function removePair(draft: Draft, _map: MapNode, pair: PairNode): boolean {
  return removeLines(draft, nodeStart(pair.key), pairEnd(draft.text, pair), '');
}

/** Removes the lines of an item. */
function removeItem(draft: Draft, _seq: SeqNode, item: Node): boolean {
  return removeLines(draft, nodeStart(item), endOf(draft.text, item), '-');
}

function removeLines(draft: Draft, start: number, end: number, before: '' | '-'): boolean {
  const from = lineStart(draft.text, start);
  if (draft.text.slice(from, start).trim() !== before) return false;
  draft.replace(from, lineEnd(draft.text, end), '');
  return true;
}

function replacePair(draft: Draft, _map: MapNode, pair: PairNode, value: Mapping): boolean {
  return replaceLines(draft, nodeStart(pair.key), pairEnd(draft.text, pair), value);
}

function replaceItem(draft: Draft, _seq: SeqNode, item: Node, value: unknown): boolean {
  const start = nodeStart(item);
  const dash = draft.text.lastIndexOf('-', start - 1);
  if (dash < 0 || draft.text.slice(dash + 1, start).trim() !== '') return false;
  return replaceLines(draft, dash, endOf(draft.text, item), [value]);
}

/** A comment behind the old value stays in the first line. */
function replaceLines(draft: Draft, start: number, end: number, value: unknown): boolean {
  const { text, eol } = draft;
  const indent = ' '.repeat(start - lineStart(text, start));
  const [first = '', ...others] = draft.block(value, indent).trimStart().split(eol);
  const rest = others.map((line) => eol + line).join('');
  if (text[end - 1] === '\n') {
    draft.replace(start, end, first + rest + eol);
    return true;
  }
  draft.replace(start, end, first);
  const line = text.slice(end, lineEnd(text, end));
  if (rest !== '') draft.insert(end + line.trimEnd().length, rest);
  return true;
}

export const blockStyle = { addFirstItems, addItemsAfter, addPairs, removeItem, removePair, replaceItem, replacePair };
