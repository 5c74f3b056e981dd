/** Other values for a field, by its type. */
import protobuf from 'protobufjs';
import { isWellKnown } from './fields.js';

/** Values to try instead of the current one, the most promising first. `undefined` removes the field. */
export function otherValues(field: protobuf.Field, current: unknown): readonly unknown[] {
  const others = field.map
    ? otherMaps(field, current)
    : field.repeated
      ? otherLists(field, current)
      : otherSingles(field, current);
  return current === undefined ? others : [...others, undefined];
}

function otherMaps(field: protobuf.Field, current: unknown): readonly unknown[] {
  const entries = Object.entries((current ?? {}) as Readonly<Record<string, unknown>>);
  const [value] = otherSingles(field, undefined);
  const changed = entries.flatMap(([key, old]) =>
    otherSingles(field, old).map((other) => ({ ...Object.fromEntries(entries), [key]: other })),
  );
  return [...changed, { ...Object.fromEntries(entries), other: value }, { other: value }];
}

function otherLists(field: protobuf.Field, current: unknown): readonly unknown[] {
  const items = (current ?? []) as readonly unknown[];
  const others = otherSingles(field, undefined);
  const changed = items.flatMap((old, i) => otherSingles(field, old).map((other) => items.with(i, other)));
  return [...changed, ...others.flatMap((other) => [[...items, other], [other]]), [...items, ...items.slice(0, 1)], []];
}

function otherSingles({ type, resolvedType }: protobuf.Field, current: unknown): readonly unknown[] {
  if (resolvedType instanceof protobuf.Enum) return Object.keys(resolvedType.values).filter((name) => name !== current);
  if (resolvedType instanceof protobuf.Type)
    return isWellKnown(resolvedType) ? wellKnown(resolvedType.name, current) : [{}];
  return scalars(type, current);
}

function wellKnown(name: string, current: unknown): readonly unknown[] {
  if (name === 'Duration') return ['1s', '7s', '0.9s', '70s'].filter((value) => value !== current);
  if (name === 'Struct' || name === 'Empty') return [{}];
  return scalars(name.replace('Value', '').toLowerCase(), current);
}

function scalars(type: string, current: unknown): readonly unknown[] {
  if (type === 'bool') return current === undefined ? [true, false] : [current !== true];
  if (type === 'string') return typeof current === 'string' ? [`${current}-other`, 'other'] : ['other', '1'];
  return [1, 7, 70, 700, 0].filter((value) => value !== current);
}
