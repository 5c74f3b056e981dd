/**
 * Whether a field has an effect: in some world, changing only this field of a document changes what a client gets, what `explain` answers or a
 * status, or gives a finding that names the field.
 */
import { isKnownKind, recognizeKind } from '../../api/kinds.js';
import { formatPath } from '../../api/diagnostic.js';
import type { FieldPath, RawResource } from '../../api/resource.js';
import type { Finding } from '../../control-plane/api/api.js';
import { otherValues } from './candidates.js';
import type { AccountedField, FieldStep } from './fields.js';
import { type Observation, type ObservedWorld, changedDocument, textOf } from './observed-world.js';
import { type Place, createdPlace, existingPlaces, valueAt, withValue } from './places.js';

export interface Corpus {
  readonly world: ObservedWorld;
  readonly documents: readonly RawResource[];
}

/** Values to try by `package.Message.field`, for fields for which the usual values show nothing. */
export type ValueHints = Readonly<Record<string, readonly unknown[]>>;

export interface Trial {
  readonly shown: boolean;
  /** The tried document: `first-generation.yaml:TrafficPolicy/stock 7`. */
  readonly tried: readonly string[];
}

/** Tries values for the field until one has an effect. */
export function tryField(field: AccountedField, corpora: readonly Corpus[], hints: ValueHints): Trial {
  const tried: string[] = [];
  const subjects = corpora.flatMap(({ world, documents }) =>
    documents.filter((raw) => isOfKind(raw, field)).map((raw) => ({ world, raw })),
  );
  const places = subjects.map(({ world, raw }) => ({
    world,
    raw,
    existing: existingPlaces(raw.document, field.steps),
  }));
  for (const { world, raw, existing } of places) {
    if (existing.some((place) => showsAt(world, raw, place, field, hints, tried))) return { shown: true, tried };
  }
  for (const { world, raw, existing } of places) {
    if (existing.length > 0) continue;
    if (showsAt(world, raw, createdPlace(raw.document, field.steps), field, hints, tried))
      return { shown: true, tried };
  }
  return { shown: false, tried };
}

function isOfKind({ apiVersion, kind }: RawResource, field: AccountedField): boolean {
  const known = recognizeKind(apiVersion, kind);
  return isKnownKind(known) && known.message === field.kind.message;
}

function showsAt(
  world: ObservedWorld,
  raw: RawResource,
  place: Place,
  field: AccountedField,
  hints: ValueHints,
  tried: string[],
): boolean {
  const step = field.steps.at(-1);
  if (step === undefined) return false;
  const original = changedDocument(raw, place.document);
  const current = valueAt(place, step);
  const values = [...(hints[field.names.at(-1) ?? ''] ?? []), ...otherValues(step.field, current)];
  const changed = values.map((value) => changedDocument(raw, withValue(place, step, value)));
  tried.push(
    ...values.map((value) => `${raw.kind}/${raw.metadata.name} ${JSON.stringify(current)} -> ${JSON.stringify(value)}`),
  );
  const before = place.document === raw.document ? world.unchanged : observe(world, original);
  const shown =
    changed.some((document) => differs(world, document, before, place.parent, step)) ||
    isExplained(world, original, changed);
  world.put(raw);
  return shown;
}

function observe(world: ObservedWorld, raw: RawResource): Observation {
  world.put(raw);
  return world.observe();
}

function differs(
  world: ObservedWorld,
  changed: RawResource,
  before: Observation,
  parent: FieldPath,
  step: FieldStep,
): boolean {
  world.put(changed);
  const added = world.findings().filter((finding) => !before.findings.has(textOf(finding)));
  return (
    isIgnored(world, changed, formatPath(parent)) ||
    added.some((finding) => isNamed(finding, parent, step.name)) ||
    world.statuses() !== before.statuses ||
    world.snapshots() !== before.snapshots
  );
}

/** Compared last, because nearly all effects are visible in what clients get. */
function isExplained(world: ObservedWorld, original: RawResource, changed: readonly RawResource[]): boolean {
  world.put(original);
  const before = world.explanations();
  return changed.some((document) => {
    world.put(document);
    return world.explanations() !== before;
  });
}

/** Codes of findings about all fields inside a field. */
const ignoring: ReadonlySet<string> = new Set(['FieldWithoutEffect', 'UnsupportedTarget']);

/** Whether a finding says that a field around it has no effect. */
function isIgnored(world: ObservedWorld, { metadata }: RawResource, at: string): boolean {
  const about = world
    .findings()
    .filter(
      ({ code, name, namespace }) => ignoring.has(code) && name === metadata.name && namespace === metadata.namespace,
    );
  return about.some(({ path }) => path !== '' && isWithin(at, path));
}

function isWithin(at: string, path: string): boolean {
  return at === path || at.startsWith(`${path}.`) || at.startsWith(`${path}[`);
}

/** A finding at the field or inside it, or one that contains its name. */
function isNamed({ path, message }: Finding, parent: FieldPath, name: string): boolean {
  const at = formatPath([...parent, name]);
  return isWithin(path, at) || new RegExp(`\\b${name}\\b`).test(message);
}
