/** Checks what every Kubernetes resource must have: `apiVersion`, `kind` and `metadata`. Knows no kind's own fields. */
import type { DiagnosticCode } from '../../api/codes.js';
import { describe, quoteHint } from '../../api/describe.js';
import type { FieldPath, ObjectMeta } from '../../api/resource.js';

/** Something wrong with a field, before its place is known. */
export interface FieldProblem {
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
type Report = (path: FieldPath, code: DiagnosticCode, message: string) => void;

/** As for path segments in Kubernetes, which every kind's names obey; most kinds are stricter. */
const NAME = /^(?!\.{1,2}$)[^\s/%\p{Cc}]{1,253}$/u;
const KIND = /^[A-Za-z][A-Za-z0-9]{0,62}$/u;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/iu;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the envelope of a document. The problems are empty exactly if the envelope is whole. */
export function readEnvelope(document: Mapping): {
  readonly envelope: Envelope;
  readonly problems: readonly FieldProblem[];
} {
  const problems: FieldProblem[] = [];
  const report: Report = (path, code, message) => problems.push({ path, code, message });
  const apiVersion = requiredText(report, document, ['apiVersion']);
  const kind = checkedKind(report, requiredText(report, document, ['kind']));
  const metadata = readMetadata(report, document['metadata']);
  return { envelope: { apiVersion, kind, metadata }, problems };
}

function readMetadata(report: Report, metadata: unknown): ObjectMeta {
  if (metadata !== undefined && metadata !== null && !isMapping(metadata)) {
    report(['metadata'], 'WrongType', `metadata must be a mapping, not ${describe(metadata)}.`);
    return { name: '', namespace: '', labels: {}, annotations: {} };
  }
  const fields = metadata ?? {};
  const creationTimestamp = readTimestamp(report, fields);
  return Object.freeze({
    name: checkedName(report, requiredText(report, fields, ['metadata', 'name']), 'name'),
    namespace: checkedName(report, optionalText(report, fields, ['metadata', 'namespace']) ?? '', 'namespace'),
    labels: readTexts(report, fields, 'labels'),
    annotations: readTexts(report, fields, 'annotations'),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
  });
}

/** As for custom resources in Kubernetes, but for the lower case that their names in paths have. */
function checkedKind(report: Report, kind: string): string {
  if (kind === '' || KIND.test(kind)) return kind;
  report(['kind'], 'InvalidName', `Invalid kind ${describe(kind)}: it must be a word such as "Pod".`);
  return '';
}

function checkedName(report: Report, name: string, field: string): string {
  if (name === '' || NAME.test(name)) return name;
  const rule = "at most 253 characters, without blanks, '/' and '%', and not '.' or '..'";
  report(['metadata', field], 'InvalidName', `Invalid ${field} ${describe(name)}: it must have ${rule}.`);
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
  report(path, 'WrongType', mustBeText(path.join('.'), value));
  return undefined;
}

function readTexts(report: Report, fields: Mapping, field: 'labels' | 'annotations'): Readonly<Record<string, string>> {
  const texts = fields[field];
  if (isAbsent(texts)) return NO_TEXTS;
  if (!isMapping(texts)) {
    report(['metadata', field], 'WrongType', `metadata.${field} must be a mapping, not ${describe(texts)}.`);
    return NO_TEXTS;
  }
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value !== 'string')
      report(['metadata', field, key], 'WrongType', mustBeText(`metadata.${field}.${key}`, value));
  }
  return texts as Readonly<Record<string, string>>;
}

/** In UTC and without the fraction where that is zero, so that texts compare as times do. */
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

function mustBeText(field: string, value: unknown): string {
  return `${field} must be a text, not ${describe(value)}.${quoteHint(value)}`;
}
