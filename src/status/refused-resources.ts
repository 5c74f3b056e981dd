/**
 * Which resources a refusal is about, of all those that the refused message was made of: those whose values or fields its words name.
 * Knows no Envoys and no tables.
 */
import type { Resource } from '../api/resource.js';

/** `xdsName`: the name of the refused message, which says nothing of what is wrong with it although it is made of names. */
export function refusedResources(
  words: string,
  xdsName: string,
  resources: readonly Resource<unknown>[],
): readonly Resource<unknown>[] {
  const text = words.replaceAll(xdsName, '');
  return resources.filter(({ ref, spec, ...fields }) => {
    const own = new Set([ref.name, ref.namespace, ref.cluster]);
    return leavesOf(spec ?? fields).some(
      ({ field, value }) => namesField(text, field) || (!own.has(value) && namesValue(text, value, xdsName)),
    );
  });
}

interface Leaf {
  readonly field: string;
  readonly value: string;
}

/** Keys of a mapping are values too: headers, labels. */
function leavesOf(value: unknown, field = ''): readonly Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, field));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => [{ field: key, value: key }, ...leavesOf(inner, key)]);
  }
  return typeof value === 'string' || typeof value === 'number'
    ? [{ field, value: `${value}` }]
    : [{ field, value: '' }];
}

/** Shorter ones, such as `port` and `name`, are words that any refusal may have. */
const SHORTEST_FIELD = 9;

/** Envoy names fields as its messages' classes do (`MaxEjectionPercent`) or as its .proto files (`max_ejection_percent`). */
function namesField(text: string, field: string): boolean {
  if (field.length < SHORTEST_FIELD || !/^[a-z]+[A-Z]/.test(field)) return false;
  const proto = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return (
    hasWord(text, `${field.slice(0, 1).toUpperCase()}${field.slice(1)}`) || hasWord(text, field) || hasWord(text, proto)
  );
}

const SHORTEST_VALUE = 4;

/** A value that is part of the message's own name is no hint. */
function namesValue(text: string, value: string, xdsName: string): boolean {
  if (value === '' || xdsName.includes(value)) return false;
  return value.length >= SHORTEST_VALUE
    ? hasWord(text, value)
    : /[^\w]/.test(value) && value.length > 1 && hasWord(text, value);
}

/** Not within a longer word. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\w]$/.test(text.slice(0, at).slice(-1)) && !/^[\w]/.test(text.slice(at + word.length, at + word.length + 1)))
      return true;
  }
  return false;
}
