/**
 * One parsed document as resources: itself, or the items of a `List`. Checks the shape that all resources have and leaves out
 * kinds that are not read. Everything in the result counts from the beginning of the document's text, so that it holds wherever
 * the text stands.
 */
import { describeWritten, inOneLine } from '../../api/describe.js';
import { withCluster } from '../../api/default-cluster.js';
import { type KnownKind, isKnownKind, recognizeKind, refTo } from '../../api/kinds.js';
import type { FieldPath, ObjectMeta, ResourceRef, Written } from '../../api/resource.js';
import type { Place, Problem } from './finding.js';
import { explainSyntax } from './explain-syntax.js';
import { type Envelope, type FieldProblem, isMapping, readEnvelope } from './metadata.js';
import { notAMapping, otherDocument } from './other-document.js';
import type { Interner } from './interner.js';
import { parseText } from './parse.js';
import { type Slice, isEmptyDocument } from './slice.js';
import { findAction, findTemplatedField, unrendered } from './template.js';

/** A resource of a kind that is read, as it stands in a document. */
export interface FoundResource {
  readonly ref: ResourceRef;
  readonly apiVersion: string;
  /** As written: an alias is not resolved. */
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly document: Readonly<Record<string, unknown>>;
  /** The way from the document's root to the resource: `['items', 3]`. */
  readonly within: FieldPath;
}

export interface DocumentContent {
  readonly resources: readonly FoundResource[];
  readonly problems: readonly Problem[];
  /** A resource may be hidden behind a mistake, so what is missing here is not to be taken as deleted. */
  readonly broken: boolean;
  /** The empty document, or one of comments only. */
  readonly empty: boolean;
}

export interface ReadOptions {
  /** Shares texts with other documents. Default: they are not shared. */
  readonly intern?: Interner;
  /** The cluster of the resources that name none. Default: they have none. */
  readonly cluster?: string | undefined;
}

interface Reading {
  readonly cluster: string | undefined;
  readonly resources: FoundResource[];
  readonly problems: Problem[];
  readonly placeOf: (path: FieldPath) => Place;
  readonly written: Written;
  /** Whether the text may be a template. */
  readonly templated: boolean;
  broken: boolean;
}

const ROOT: FieldPath = [];
const NONE: readonly never[] = [];
const EMPTY: DocumentContent = { resources: NONE, problems: NONE, broken: false, empty: true };

/** A list that grew has room for a dozen more. */
function exact<Item>(list: readonly Item[]): readonly Item[] {
  return list.length === 0 ? NONE : [...list];
}

/** Makes resources out of a document's text, or that of an item. Never throws. */
export function readDocument({ text, item }: Slice, { intern, cluster }: ReadOptions = {}): DocumentContent {
  if (isEmptyDocument(text)) return EMPTY;
  const { value, problems, placeOf, written } = parseText(text, intern);
  const shown = value === undefined ? explainSyntax(text, problems) : problems;
  const templated = findAction(text) !== undefined;
  const reading: Reading = {
    ...{ cluster, resources: [], problems: [...shown], placeOf, written, templated },
    broken: value === undefined,
  };
  if (item && Array.isArray(value)) readResource(reading, value[0], [0]);
  else if (value !== undefined && value !== null) readResource(reading, value, ROOT);
  const { resources, broken } = reading;
  return { resources: exact(resources), problems: exact(reading.problems), broken, empty: value === null };
}

function readResource(reading: Reading, value: unknown, within: FieldPath): void {
  if (!isMapping(value)) {
    fail(reading, within, [{ path: [], code: 'NotAResource', message: notAMapping(value, reading.written(within)) }]);
  } else if (isList(value)) {
    readList(reading, value, within);
  } else {
    readSingle(reading, value, within);
  }
}

function readSingle(reading: Reading, value: Readonly<Record<string, unknown>>, within: FieldPath): void {
  const other = otherDocument(value);
  if (other !== undefined) {
    reading.broken ||= other.severity === 'error';
    report(reading, within, other.severity, { path: [], code: 'NotAResource', message: other.message });
    return;
  }
  const { envelope, problems } = readEnvelope(value, (path) => reading.written([...within, ...path]));
  const recognized = recognizeKind(envelope.apiVersion, envelope.kind);
  if (isKnownKind(recognized)) {
    const template = reading.templated ? findTemplatedField(value, recognized.open) : undefined;
    if (template !== undefined) {
      const message = unrendered(template.action);
      fail(
        reading,
        within,
        [{ path: template.path, code: 'TemplateNotRendered', message }],
        refTo(recognized, envelope.metadata),
      );
    } else if (problems.length > 0) fail(reading, within, problems, refTo(recognized, envelope.metadata));
    else addResource(reading, recognized, value, within);
  } else if (envelope.apiVersion === '' || envelope.kind === '') {
    fail(reading, within, problems, writtenRef(envelope));
  } else {
    const ref = writtenRef(envelope);
    const { code, message, mistaken } = recognized;
    report(reading, within, 'warning', { path: [code === 'UnknownKind' ? 'kind' : 'apiVersion'], code, message }, ref);
    reading.broken ||= mistaken;
  }
}

/** Adds a resource whose envelope is whole, as one of the cluster that it is read for. */
function addResource(
  reading: Reading,
  kind: KnownKind,
  value: Readonly<Record<string, unknown>>,
  within: FieldPath,
): void {
  const { cluster, written } = reading;
  const document = cluster === undefined ? value : withCluster(kind.kind, value, cluster);
  reading.resources.push(foundResource(kind, readEnvelope(document, written).envelope, document, within));
}

function foundResource(
  kind: KnownKind,
  envelope: Envelope,
  document: Readonly<Record<string, unknown>>,
  within: FieldPath,
): FoundResource {
  const ref = refTo(kind, envelope.metadata);
  const metadata = Object.freeze({ ...envelope.metadata, namespace: ref.namespace });
  return { ref, apiVersion: envelope.apiVersion, kind: envelope.kind, metadata, document, within };
}

/**
 * `List`, and lists of one kind such as the API server answers with.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#collections
 */
function isList(value: Readonly<Record<string, unknown>>): boolean {
  const { kind, items } = value as { readonly kind?: unknown; readonly items?: unknown };
  return typeof kind === 'string' && (kind === 'List' || (kind.endsWith('List') && Array.isArray(items)));
}

function readList(reading: Reading, list: Readonly<Record<string, unknown>>, within: FieldPath): void {
  const items = list['items'] ?? [];
  if (!Array.isArray(items)) {
    const found = describeWritten(items, reading.written([...within, 'items']));
    const message = `The items of a List must be a list, not ${found}.`;
    fail(reading, within, [{ path: ['items'], code: 'WrongType', message }]);
    return;
  }
  const defaults = itemDefaults(list);
  for (const [i, item] of items.entries()) {
    const whole: unknown = defaults !== undefined && isMapping(item) ? Object.freeze({ ...defaults, ...item }) : item;
    readResource(reading, whole, [...within, 'items', i]);
  }
}

/** In a list of one kind the items leave out what the list's own kind says: a `MeshList` holds items of kind `Mesh`. */
function itemDefaults(list: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const { kind, apiVersion } = list;
  return typeof kind !== 'string' || kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -'List'.length) };
}

function fail(reading: Reading, within: FieldPath, problems: readonly FieldProblem[], ref?: ResourceRef): void {
  reading.broken = true;
  for (const problem of problems) report(reading, within, 'error', problem, ref);
}

function report(
  reading: Reading,
  within: FieldPath,
  severity: Problem['severity'],
  { path, code, message }: FieldProblem,
  ref?: ResourceRef,
): void {
  const place = reading.placeOf([...within, ...path]);
  reading.problems.push({ ...place, severity, code, message: inOneLine(message), path, ...(ref && { ref }) });
}

/** The name of a resource of a kind that is not read, as far as it has one. */
function writtenRef({ kind, metadata }: Envelope): ResourceRef {
  return { kind, namespace: metadata.namespace, name: metadata.name };
}
