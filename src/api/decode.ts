/**
 * Decodes a document to a resource of its kind: recognizes the kind, checks fields and values, and converts all versions of a kind to one
 * shape. Looks at a single resource, so it does not check whether the objects that the resource refers to exist.
 */
import { type Reader, createReader, readFields } from './decode-fields.js';
import { readSchemas } from './decode-schema.js';
import { type Violation, createValidate } from './decode-validate.js';
import { exactList } from './exact-list.js';
import { inOneLine } from './describe.js';
import type { Diagnostic, Severity } from './diagnostic.js';
import { type KindName, type KindSpecs, type KnownKind, isKnownKind, recognizeKind, refTo } from './kinds.js';
import type { FieldPath, RawResource, Resource, ResourceRef } from './resource.js';
import { normalizeTrafficPolicy, repeatedSettings, writtenTrafficPolicyPath } from './traffic-policy.js';

/** A resource of a supported kind, without `spec` if there are errors. Only findings for a document of another kind. */
export type Decoded = { readonly diagnostics: readonly Diagnostic[] } & (
  | { readonly [Kind in KindName]: { readonly kind: Kind; readonly resource: Resource<KindSpecs[Kind]> } }[KindName]
  | { readonly kind?: undefined; readonly resource?: undefined }
);

export type Decode = (raw: RawResource) => Decoded;

type Mapping = Readonly<Record<string, unknown>>;

/** The maximum number of errors, and of warnings, about one resource. Longer lists do not help the user. */
const MAX_DIAGNOSTICS = 50;

/** Creates a decoder. Compiles each schema when the first resource of its kind is decoded. */
export function createDecode(): Decode {
  const schemas = readSchemas();
  const validate = createValidate();
  const readers = new Map<string, Reader>();
  return (raw) => {
    const kind = recognizeKind(raw.apiVersion, raw.kind);
    if (!isKnownKind(kind)) {
      const { kind: name, metadata } = raw;
      const ref = { kind: name, namespace: metadata.namespace, name: metadata.name };
      const path = [kind.code === 'UnknownKind' ? 'kind' : 'apiVersion'];
      return { diagnostics: [{ ref, path, code: kind.code, severity: 'warning', message: kind.message }] };
    }
    const schema = schemas[kind.message];
    if (schema === undefined) throw new Error(`The build made no schema of ${kind.message}.`);
    const reader =
      readers.get(kind.message) ??
      createReader(schema, (document, written) => validate(schema, document, written), { nullIsText: kind.open });
    readers.set(kind.message, reader);
    return decodeKnown(raw, kind, reader);
  };
}

function notKnown(): undefined {
  return undefined;
}

/** Converts the path of a field in the decoded resource to its path in the document. */
export function writtenPath(raw: RawResource, path: FieldPath): FieldPath {
  return raw.kind === 'TrafficPolicy' ? writtenTrafficPolicyPath(raw.document, path) : path;
}

function decodeKnown(raw: RawResource, kind: KnownKind, reader: Reader): Decoded {
  const ref = refTo(kind, raw.metadata);
  const { errors, warnings, value } = readFields(raw.document, reader, raw.written ?? notKnown);
  const body = errors.length === 0 ? bodyOf(kind, value as Mapping) : undefined;
  if (kind.kind === 'TrafficPolicy' && body !== undefined) warnings.push(...repeatedSettings(body));
  const diagnostics = exactList([...toDiagnostics(ref, 'error', errors), ...toDiagnostics(ref, 'warning', warnings)]);
  const { labels, annotations, creationTimestamp } = raw.metadata;
  const resource: Resource<unknown> = Object.freeze({
    ref,
    apiVersion: raw.apiVersion,
    labels,
    annotations,
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    generation: raw.generation,
    arrival: raw.arrival,
    ...(body !== undefined && { spec: normalize(kind, body) }),
  });
  // The schema validates the shape. It and the type are generated from the same message.
  return { kind: kind.kind, resource, diagnostics } as Decoded;
}

/** The fields that are specific to the kind. A missing `spec` is the same as an empty one. */
function bodyOf({ body }: KnownKind, document: Mapping): Mapping {
  if (body === 'spec') return (document['spec'] ?? Object.freeze({})) as Mapping;
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...fields } = document;
  return Object.freeze(fields);
}

function normalize({ kind }: KnownKind, body: Mapping): Mapping {
  return kind === 'TrafficPolicy' ? (normalizeTrafficPolicy(body) as Mapping) : body;
}

function toDiagnostics(ref: ResourceRef, severity: Severity, violations: readonly Violation[]): readonly Diagnostic[] {
  const shown = violations
    .slice(0, MAX_DIAGNOSTICS)
    .map(({ path, code, message }): Diagnostic => ({ ref, path, code, severity, message: inOneLine(message) }));
  const last = shown.at(-1);
  if (last === undefined || violations.length <= MAX_DIAGNOSTICS) return shown;
  const more = `${violations.length - shown.length} more like these are not shown.`;
  return [...shown, { ...last, path: [], message: more }];
}
