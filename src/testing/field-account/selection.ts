/** Whether each field of a selector works in both directions: it selects matching objects, and a value that no object has selects nothing. */
import protobuf from 'protobufjs';
import type { RawResource } from '../../api/resource.js';
import { type AccountedField, isSelectorLeaf } from './fields.js';
import { type ObservedWorld, changedDocument } from './observed-world.js';
import type { ShortType } from '../watcher.js';
import { existingPlaces, valueAt, withValue } from './places.js';

/** A document whose selector selects something, and a document for comparison whose selector selects nothing. */
export interface SelectorCase {
  readonly matching: RawResource;
  /** Default: the world without the document. */
  readonly empty?: RawResource;
  /** The types in which the difference is visible. Default: all. */
  readonly types?: readonly ShortType[];
}

/** The fault of one field of the selector. */
export interface SelectorFault {
  readonly field: AccountedField;
  readonly fault: string;
}

/** The fields of the selector with which the document does not select as it should. */
export function selectorFaults(
  world: ObservedWorld,
  { matching, empty, types }: SelectorCase,
  fields: readonly AccountedField[],
): readonly SelectorFault[] {
  if (empty !== undefined) world.put(empty);
  const nothing = world.snapshots(types);
  world.put(matching);
  const selects = world.snapshots(types) !== nothing;
  const faults = fields.flatMap((field) => {
    if (!selects) return [{ field, fault: 'a value that should match selects nothing' }];
    return withoutMatch(matching, field).every((raw) => showsAs(world, raw, nothing, types))
      ? []
      : [{ field, fault: 'a value that nothing has selects something' }];
  });
  world.remove(matching);
  return faults;
}

/** The fields of a selector for which no finding says that it selects nothing, or which select something. */
export function refusalFaults(
  world: ObservedWorld,
  { matching, empty }: SelectorCase,
  fields: readonly AccountedField[],
  at: string,
): readonly SelectorFault[] {
  if (empty !== undefined) world.put(empty);
  const nothing = world.snapshots();
  world.put(matching);
  const told = world.findings().some(({ name, path }) => name === matching.metadata.name && path.startsWith(at));
  const selects = world.snapshots() !== nothing;
  world.remove(matching);
  return told && !selects
    ? []
    : fields.map((field) => ({
        field,
        fault: selects ? 'a selector that is refused selects something' : 'no finding says that it selects nothing',
      }));
}

/** Removes the document first, so that no earlier valid version stays in force. */
function showsAs(world: ObservedWorld, raw: RawResource, expected: string, types: SelectorCase['types']): boolean {
  world.remove(raw);
  world.put(raw);
  return world.snapshots(types) === expected;
}

/** The fields of the document's selectors that have a value and no nested fields. */
export function selectorLeaves(
  raw: RawResource,
  fields: readonly AccountedField[],
  at: string,
): readonly AccountedField[] {
  return fields.filter((field) => {
    const step = field.steps.at(-1);
    if (step === undefined || !isSelectorLeaf(field)) return false;
    return (
      field.id.includes(`: ${at}[]`) &&
      existingPlaces(raw.document, field.steps).some((place) => valueAt(place, step) !== undefined)
    );
  });
}

function withoutMatch(raw: RawResource, { steps }: AccountedField): readonly RawResource[] {
  const step = steps.at(-1);
  if (step === undefined) return [];
  return existingPlaces(raw.document, steps).flatMap((place) => {
    const values = unmatched(step.field, valueAt(place, step));
    return values.map((value) => changedDocument(raw, withValue(place, step, value)));
  });
}

function unmatched(field: protobuf.Field, current: unknown): readonly unknown[] {
  if (field.map) return [{ nothing: 'such' }];
  if (field.resolvedType instanceof protobuf.Enum)
    return Object.keys(field.resolvedType.values).filter((name) => name !== current);
  const value = field.type === 'string' ? 'nothing-such' : 4242;
  return [field.repeated ? [value] : value];
}
