/** Formats findings for statuses and lists. */
import { writtenPath } from '../api/decode.js';
import { type Diagnostic, type Severity, formatPath } from '../api/diagnostic.js';
import type { FieldPath, Position, RawResource } from '../api/resource.js';

/** The position of a finding's field. */
export function positionOf({ path }: Diagnostic, raw: RawResource): Position & { readonly path: string } {
  const written = writtenPath(raw, path);
  return { ...raw.locate(written), path: formatPath(written) };
}

/**
 * The sentence of a finding. The model knows decoded values only; a number is replaced by its source text: `0x10`, not 16.
 */
export function statusMessage({ message, path }: Diagnostic, raw: RawResource): string {
  const written = writtenPath(raw, path);
  const value = valueAt(raw.document, written);
  if (typeof value !== 'number') return message;
  const source = raw.written?.(written) ?? String(value);
  return source === String(value) ? message : message.replaceAll(wordOf(String(value)), () => source);
}

function valueAt(document: unknown, path: FieldPath): unknown {
  return path.reduce(
    (value, step) => (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[step],
    document,
  );
}

/** Matches a number, but not within a longer one. */
function wordOf(number: string): RegExp {
  return new RegExp(`(?<![\\w.])${number.replaceAll('.', '\\.')}(?![\\w.]*\\w)`, 'gu');
}

/** The sentences of the errors, each with field and position: `Missing required field "port". (spec.port, failover.yaml:12:3)`. */
export function errorsOf(findings: readonly Diagnostic[], raw: RawResource): readonly string[] {
  return sentences(findings, 'error', raw);
}

export function warningsOf(findings: readonly Diagnostic[], raw: RawResource): readonly string[] {
  return sentences(findings, 'warning', raw);
}

function sentences(findings: readonly Diagnostic[], severity: Severity, raw: RawResource): readonly string[] {
  return findings.filter((finding) => finding.severity === severity).map((finding) => sentence(finding, raw));
}

function sentence(finding: Diagnostic, raw: RawResource): string {
  const { file, line, column, path } = positionOf(finding, raw);
  return `${statusMessage(finding, raw)} (${path === '' ? '' : `${path}, `}${file}:${line}:${column})`;
}
