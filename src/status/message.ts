/** Findings as statuses and listings say them. */
import { writtenPath } from '../api/decode.js';
import { type Diagnostic, type Severity, formatPath } from '../api/diagnostic.js';
import type { FieldPath, Position, RawResource } from '../api/resource.js';

/** Where a finding's field was written. */
export function positionOf({ path }: Diagnostic, raw: RawResource): Position & { readonly path: string } {
  const written = writtenPath(raw, path);
  return { ...raw.locate(written), path: formatPath(written) };
}

/**
 * The sentence of a finding, in which the number that the field has is quoted as it is written: `0x10`, not 16. What the model
 * finds it finds in decoded values.
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

/** A number that is not a part of another one. */
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
