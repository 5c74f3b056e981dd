/** Walks a tree beside what it means and what it should mean, and changes what differs. */
import { isMap, isSeq } from 'yaml';
import { blockStyle } from './block-style.js';
import { type Mapping, isDataMapping, isSameData } from './data.js';
import type { Draft } from './draft.js';
import { flowStyle } from './flow-style.js';
import { type MapNode, type Node, type SeqNode, isFlow, seqItems, pairOf } from './nodes.js';

export interface Difference<Value = unknown> {
  readonly current: Value;
  readonly target: Value;
}

/**
 * Changes the parts of a value that differ.
 * @param owner the key whose value it is.
 * @returns whether that is possible. If not, it must be replaced as a whole; what was changed is part of the draft, so the result must be checked.
 */
export function editValue(draft: Draft, node: Node, { current, target }: Difference, owner?: Node): boolean {
  if (isMap(node) && isDataMapping(current) && isDataMapping(target))
    return canEditMap(node, { current, target }) && editMap(draft, node, { current, target }, owner);
  if (isSeq(node) && Array.isArray(current) && Array.isArray(target))
    return editSeq(draft, node, { current, target }, owner);
  return false;
}

function styleOf(node: MapNode | SeqNode): typeof blockStyle {
  return isFlow(node) ? flowStyle : blockStyle;
}

/** An entry stays, and none that a merge key (`<<`) brings is to be removed. */
function canEditMap(map: MapNode, { current, target }: Difference<Mapping>): boolean {
  const keys = Object.keys(current);
  const removed = keys.filter((key) => !Object.hasOwn(target, key));
  return keys.length > removed.length && removed.every((key) => pairOf(map, key) !== undefined);
}

function editMap(draft: Draft, map: MapNode, { current, target }: Difference<Mapping>, owner?: Node): boolean {
  const style = styleOf(map);
  const added: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(target)) {
    const pair = pairOf(map, key);
    if (pair === undefined) {
      if (!Object.hasOwn(current, key) || !isSameData(current[key], value)) added[key] = value;
    } else if (!isSameData(current[key], value)) {
      const difference = { current: current[key], target: value };
      const isEdited = pair.value !== null && editValue(draft, pair.value, difference, pair.key);
      if (!isEdited && !style.replacePair(draft, map, pair, { [key]: value })) return false;
    }
  }
  for (const key of Object.keys(current)) {
    const pair = Object.hasOwn(target, key) ? undefined : pairOf(map, key);
    if (pair !== undefined && !style.removePair(draft, map, pair)) return false;
  }
  return Object.keys(added).length === 0 || style.addPairs(draft, map, added, owner);
}

type List = readonly unknown[];

function editSeq(draft: Draft, seq: SeqNode, { current, target }: Difference<List>, owner?: Node): boolean {
  const style = styleOf(seq);
  const [items, before, after] = [seqItems(seq), current.map(identityOf), target.map(identityOf)];
  const kept = before.filter((identity) => after.includes(identity));
  const isOrdered = isSameData(
    kept,
    after.filter((identity) => before.includes(identity)),
  );
  if (items.length !== current.length || kept.length === 0 || !isOrdered || !areUnique(before) || !areUnique(after))
    return false;
  for (const [index, item] of items.entries())
    if (!kept.includes(before[index] ?? '') && !style.removeItem(draft, seq, item)) return false;
  const added: { readonly after: Node | undefined; readonly values: unknown[] }[] = [{ after: undefined, values: [] }];
  for (const [index, value] of target.entries()) {
    const old = before.indexOf(after[index] ?? '');
    const item = items[old];
    if (item === undefined) {
      added.at(-1)?.values.push(value);
      continue;
    }
    added.push({ after: item, values: [] });
    if (!editItem(draft, seq, item, { current: current[old], target: value })) return false;
  }
  return added.every(({ after: item, values }) => {
    if (values.length === 0) return true;
    return item === undefined
      ? style.addFirstItems(draft, seq, values, owner)
      : style.addItemsAfter(draft, seq, item, values);
  });
}

/** An item with a name is replaced as a whole: whoever changes it owns it. */
function editItem(draft: Draft, seq: SeqNode, item: Node, difference: Difference): boolean {
  const { current, target } = difference;
  if (isSameData(current, target)) return true;
  const isOwned = isDataMapping(target) && 'name' in target;
  return (!isOwned && editValue(draft, item, difference)) || styleOf(seq).replaceItem(draft, seq, item, target);
}

/** By which Kubernetes tells the items of a list apart: the name of a container, the address of an alias of a host. */
function identityOf(item: unknown): string {
  if (!isDataMapping(item)) return `=${JSON.stringify(item)}`;
  const { ip, name } = item;
  if (typeof name === 'string') return `name=${name}`;
  return typeof ip === 'string' ? `ip=${ip}` : `=${JSON.stringify(item)}`;
}

function areUnique(identities: readonly string[]): boolean {
  return new Set(identities).size === identities.length;
}
