/**
 * The resources of one document: the document itself, or the items of a `List`. Checks the fields that all resources have, and
 * ignores kinds that are not supported. Positions are relative to the document's text, so that they stay correct when the text
 * moves.
 */
import { describeWritten, inOneLine } from '../../api/describe.js';
import { exactList } from '../../api/exact-list.js';
import { withCluster } from '../../api/default-cluster.js';
import { type KnownKind, isKnownKind, recognizeKind, refTo } from '../../api/kinds.js';
import type { FieldPath, ObjectMeta, ResourceRef, Written } from '../../api/resource.js';
import type { TextPosition, TextFinding } from '../yaml/finding.js';
import { explainSyntax } from './explain-syntax.js';
import { type Envelope, type FieldFinding, isMapping, readEnvelope } from './metadata.js';
import { notAMapping, otherDocument } from './other-document.js';
import { type ValuePool, NO_POOL } from '../yaml/value-pool.js';
import { DEFAULT_READ_LIMITS, type ReadLimits, type SyntaxLimits } from '../yaml/limits.js';
import { parseInSteps } from '../yaml/parse.js';
import { type DocumentText, isEmptyDocument } from './document-texts.js';
import { findAction, findTemplatedField, unrendered } from './template.js';

/** A resource of a supported kind, as written in a document. */
export interface FoundResource {
  readonly ref: ResourceRef;
  readonly apiVersion: string;
  /** As written: an alias of a kind is not replaced. */
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly document: Readonly<Record<string, unknown>>;
  /** The path from the document's root to the resource: `['items', 3]`. */
  readonly within: FieldPath;
}

export interface DocumentContent {
  readonly resources: readonly FoundResource[];
  readonly findings: readonly TextFinding[];
  /** Whether an error may hide a resource, so that a missing resource does not count as deleted. */
  readonly broken: boolean;
  /** Whether the document is empty or has only comments. */
  readonly empty: boolean;
}

export interface ReadOptions {
  /** Shares equal values with other documents. Default: values are not shared. */
  readonly pool?: ValuePool;
  /** The cluster of the resources that do not name one. Default: none. */
  readonly cluster?: string | undefined;
  /** Default: {@link DEFAULT_READ_LIMITS}. */
  readonly limits?: Pick<ReadLimits, 'documents' | keyof SyntaxLimits>;
}

interface Reading {
  readonly cluster: string | undefined;
  readonly resources: FoundResource[];
  readonly findings: TextFinding[];
  readonly positionOf: (path: FieldPath) => TextPosition;
  readonly written: Written;
  /** Whether the text may be a template. */
  readonly templated: boolean;
  broken: boolean;
}

const ROOT: FieldPath = [];
const NONE: readonly never[] = [];
const EMPTY: DocumentContent = { resources: NONE, findings: NONE, broken: false, empty: true };

/** Reads the resources of a document or of a list item, in steps. Never throws. */
export function* readDocument(
  { text, item }: DocumentText,
  { pool = NO_POOL, cluster, limits = DEFAULT_READ_LIMITS }: ReadOptions = {},
): Generator<void, DocumentContent> {
  if (isEmptyDocument(text)) return EMPTY;
  const { value, findings, positionOf, written } = yield* parseInSteps(text, pool, limits);
  const shown = value === undefined ? explainSyntax(text, findings) : findings;
  const templated = findAction(text) !== undefined;
  const reading: Reading = {
    ...{ cluster, resources: [], findings: [...shown], positionOf, written, templated },
    broken: value === undefined,
  };
  if (item && Array.isArray(value)) readResource(reading, value[0], [0]);
  else if (value !== undefined && value !== null) readResource(reading, value, ROOT);
  const { resources, broken } = reading;
  return { resources: exactList(resources), findings: exactList(reading.findings), broken, empty: value === null };
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
  const { envelope, findings } = readEnvelope(value, (path) => reading.written([...within, ...path]));
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
    } else if (findings.length > 0) fail(reading, within, findings, refTo(recognized, envelope.metadata));
    else addResource(reading, recognized, value, within);
  } else if (envelope.apiVersion === '' || envelope.kind === '') {
    fail(reading, within, findings, writtenRef(envelope));
  } else {
    const ref = writtenRef(envelope);
    const { code, message, mistaken } = recognized;
    report(reading, within, 'warning', { path: [code === 'UnknownKind' ? 'kind' : 'apiVersion'], code, message }, ref);
    reading.broken ||= mistaken;
  }
}

/** Adds a resource with a valid envelope. If it names no cluster, it gets the default one. */
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
 * `List`, and lists of one kind, as the API server returns them.
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

/** The items of a list of one kind have no `kind`; it follows from that of the list: a `MeshList` contains items of kind `Mesh`. */
function itemDefaults(list: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const { kind, apiVersion } = list;
  return typeof kind !== 'string' || kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -'List'.length) };
}

function fail(reading: Reading, within: FieldPath, findings: readonly FieldFinding[], ref?: ResourceRef): void {
  reading.broken = true;
  for (const finding of findings) report(reading, within, 'error', finding, ref);
}

function report(
  reading: Reading,
  within: FieldPath,
  severity: TextFinding['severity'],
  { path, code, message }: FieldFinding,
  ref?: ResourceRef,
): void {
  const place = reading.positionOf([...within, ...path]);
  reading.findings.push({ ...place, severity, code, message: inOneLine(message), path, ...(ref && { ref }) });
}

/** The reference to a resource of an unsupported kind, as far as it is known. */
function writtenRef({ kind, metadata }: Envelope): ResourceRef {
  return { kind, namespace: metadata.namespace, name: metadata.name };
}
