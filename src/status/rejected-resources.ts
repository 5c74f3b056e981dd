/**
 * The resources that an error message of Envoy is about, among those that the rejected message was made from: those whose values or fields
 * occur in the error message. It must not know clients or tables.
 */
import type { Resource } from '../api/resource.js';

/** `xdsName`: the name of the rejected message. It contains names of resources but says nothing about the error, so it is ignored. */
export function rejectedResources(
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

/** Keys of a mapping count as values too, such as headers and labels. */
function leavesOf(value: unknown, field = ''): readonly Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, field));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => [{ field: key, value: key }, ...leavesOf(inner, key)]);
  }
  return typeof value === 'string' || typeof value === 'number'
    ? [{ field, value: `${value}` }]
    : [{ field, value: '' }];
}

/** Shorter names, such as `port` and `name`, are words that any error message may contain. */
const SHORTEST_FIELD = 9;

/** Envoy writes fields as in C++ classes (`MaxEjectionPercent`) or as in .proto files (`max_ejection_percent`). */
function namesField(text: string, field: string): boolean {
  if (field.length < SHORTEST_FIELD || !/^[a-z]+[A-Z]/.test(field)) return false;
  const proto = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return (
    hasWord(text, `${field.slice(0, 1).toUpperCase()}${field.slice(1)}`) || hasWord(text, field) || hasWord(text, proto)
  );
}

const SHORTEST_VALUE = 4;

/** A value that is part of the message's name is not a hint. */
function namesValue(text: string, value: string, xdsName: string): boolean {
  if (value === '' || xdsName.includes(value)) return false;
  return value.length >= SHORTEST_VALUE
    ? hasWord(text, value)
    : /[^\w]/.test(value) && value.length > 1 && hasWord(text, value);
}

/** Whether the text contains the word, and not only within a longer word. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\w]$/.test(text.slice(0, at).slice(-1)) && !/^[\w]/.test(text.slice(at + word.length, at + word.length + 1)))
      return true;
  }
  return false;
}
