/** Checks the fields that every Kubernetes resource must have: `apiVersion`, `kind` and `metadata`. It must not know other fields. */
import type { DiagnosticCode } from '../../api/codes.js';
import { describe, describeWritten, quoteHint } from '../../api/describe.js';
import type { FieldPath, ObjectMeta, Written } from '../../api/resource.js';

/** A finding about a field, before its position is known. */
export interface FieldFinding {
  readonly path: FieldPath;
  readonly code: DiagnosticCode;
  readonly message: string;
}

export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

type Mapping = Readonly<Record<string, unknown>>;

/** Collects the findings about the fields of one document. */
interface Report {
  (path: FieldPath, code: DiagnosticCode, message: string): void;
  /** The source text of a field's value. */
  readonly written: Written;
}

/** The rule for path segments in Kubernetes, which applies to the names of all kinds; most kinds are stricter. */
const NAME = /^(?!\.{1,2}$)[^\s/%\p{Cc}]{1,253}$/u;
const KIND = /^[A-Za-z][A-Za-z0-9]{0,62}$/u;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/iu;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the envelope of a document. There are no findings if and only if the envelope is valid. */
export function readEnvelope(
  document: Mapping,
  written: Written,
): {
  readonly envelope: Envelope;
  readonly findings: readonly FieldFinding[];
} {
  const findings: FieldFinding[] = [];
  const report: Report = Object.assign(
    (path: FieldPath, code: DiagnosticCode, message: string) => void findings.push({ path, code, message }),
    { written },
  );
  const apiVersion = requiredText(report, document, ['apiVersion']);
  const kind = checkedKind(report, requiredText(report, document, ['kind']));
  const metadata = readMetadata(report, document['metadata']);
  return { envelope: { apiVersion, kind, metadata }, findings };
}

function readMetadata(report: Report, metadata: unknown): ObjectMeta {
  if (!isMapping(metadata)) {
    const message = isAbsent(metadata)
      ? 'Missing required field "metadata". It must contain at least the name of the resource.'
      : `metadata must be a mapping, not ${describeWritten(metadata, report.written(['metadata']))}.`;
    report(['metadata'], isAbsent(metadata) ? 'MissingField' : 'WrongType', message);
    return { name: '', namespace: '', labels: {}, annotations: {} };
  }
  const fields = metadata;
  const creationTimestamp = readTimestamp(report, fields);
  return Object.freeze({
    name: checkedName(report, requiredName(report, fields), 'name'),
    namespace: checkedName(report, optionalText(report, fields, ['metadata', 'namespace']) ?? '', 'namespace'),
    labels: readTexts(report, fields, 'labels'),
    annotations: readTexts(report, fields, 'annotations'),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
  });
}

/** The rule for kinds of custom resources in Kubernetes, except that upper case is allowed. */
function checkedKind(report: Report, kind: string): string {
  if (kind === '' || KIND.test(kind)) return kind;
  report(['kind'], 'InvalidName', `Invalid kind ${describe(kind)}: it must be a word such as "Pod".`);
  return '';
}

function checkedName(report: Report, name: string, field: string): string {
  if (name === '' || NAME.test(name)) return name;
  const rule = "at most 253 characters, without spaces, '/' and '%', and not '.' or '..'";
  report(['metadata', field], 'InvalidName', `Invalid ${field} ${describe(name)}: it must have ${rule}.`);
  return '';
}

/** The API server generates names from `generateName`; Lifeboat does not. */
function requiredName(report: Report, fields: Mapping): string {
  const name = optionalText(report, fields, ['metadata', 'name']);
  if (name !== undefined && name !== '') return name;
  if (name === '' || isAbsent(fields['name'])) {
    const hint = fields['generateName'] === undefined ? '' : ' "generateName" is for the API server only.';
    report(['metadata', 'name'], 'MissingField', `Missing required field "metadata.name".${hint}`);
  }
  return '';
}

function requiredText(report: Report, fields: Mapping, path: readonly string[]): string {
  const before = fields[path.at(-1) ?? ''];
  const text = optionalText(report, fields, path);
  if (text === '' || (text === undefined && isAbsent(before))) {
    report(path, 'MissingField', `Missing required field "${path.join('.')}".`);
  }
  return text ?? '';
}

function optionalText(report: Report, fields: Mapping, path: readonly string[]): string | undefined {
  const value = fields[path.at(-1) ?? ''];
  if (isAbsent(value) || typeof value === 'string') return value ?? undefined;
  report(path, 'WrongType', mustBeText(report, path, value));
  return undefined;
}

function readTexts(report: Report, fields: Mapping, field: 'labels' | 'annotations'): Readonly<Record<string, string>> {
  const texts = fields[field];
  if (isAbsent(texts)) return NO_TEXTS;
  if (!isMapping(texts)) {
    const found = describeWritten(texts, report.written(['metadata', field]));
    report(['metadata', field], 'WrongType', `metadata.${field} must be a mapping, not ${found}.`);
    return NO_TEXTS;
  }
  let nulls = 0;
  for (const [key, value] of Object.entries(texts)) {
    if (value === null) nulls++;
    else if (typeof value !== 'string')
      report(['metadata', field, key], 'WrongType', mustBeText(report, ['metadata', field, key], value));
  }
  return nulls > 0 ? withoutNulls(texts) : (texts as Readonly<Record<string, string>>);
}

/** The API server reads `null` as the empty string where it expects a string. */
function withoutNulls(texts: Mapping): Readonly<Record<string, string>> {
  const entries = Object.entries(texts).map(([key, value]) => [key, value ?? ''] as const);
  return Object.freeze(Object.fromEntries(entries)) as Readonly<Record<string, string>>;
}

/** In UTC, without a fraction that is zero, so that the order of strings is the order of times. */
function readTimestamp(report: Report, fields: Mapping): string | undefined {
  const text = optionalText(report, fields, ['metadata', 'creationTimestamp']);
  if (text === undefined) return undefined;
  const time = TIMESTAMP.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString().replace('.000Z', 'Z');
  const message = `Invalid timestamp ${describe(text)}: write it like "2024-01-31T12:00:00Z".`;
  report(['metadata', 'creationTimestamp'], 'InvalidValue', message);
  return undefined;
}

const NO_TEXTS: Readonly<Record<string, string>> = Object.freeze({});

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function mustBeText({ written }: Report, path: readonly string[], value: unknown): string {
  const source = written(path);
  return `${path.join('.')} must be a string, not ${describeWritten(value, source)}.${quoteHint(value, source)}`;
}
