/** Whether each field of a selector counts both ways: it selects what it says, and a value that nothing has selects nothing. */
import protobuf from 'protobufjs';
import type { RawResource } from '../../api/resource.js';
import { type AccountedField, isSelectorLeaf } from './fields.js';
import { type ObservedWorld, changedDocument } from './observed-world.js';
import type { ShortType } from '../watcher.js';
import { existingPlaces, valueAt, withValue } from './places.js';

/** A document whose selector matches something, and what selects nothing in its place. */
export interface SelectorCase {
  readonly matching: RawResource;
  /** Absent: that the document is not there. */
  readonly empty?: RawResource;
  /** Where it shows; absent: in all that clients are sent. */
  readonly types?: readonly ShortType[];
}

/** What was found of one field of the selector. */
export interface SelectorFault {
  readonly field: AccountedField;
  readonly fault: string;
}

/** Fields of the selector at which its document does not select as it should; the world is left without the document. */
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

/** Fields of a selector that can select nothing, of which no finding says so or which select all the same. */
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

/** By way of a document that is not there, so that no earlier valid version stays in force. */
function showsAs(world: ObservedWorld, raw: RawResource, expected: string, types: SelectorCase['types']): boolean {
  world.remove(raw);
  world.put(raw);
  return world.snapshots(types) === expected;
}

/** The fields without fields of their own that have a value in the document, below the place of its selectors. */
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
