/** Findings as statuses and listings say them. */
import { writtenPath } from '../api/decode.js';
import { type Diagnostic, type Severity, formatPath } from '../api/diagnostic.js';
import type { Position, RawResource } from '../api/resource.js';

/** Where a finding's field was written. */
export function positionOf({ path }: Diagnostic, raw: RawResource): Position & { readonly path: string } {
  const written = writtenPath(raw, path);
  return { ...raw.locate(written), path: formatPath(written) };
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
  return `${finding.message} (${path === '' ? '' : `${path}, `}${file}:${line}:${column})`;
}
