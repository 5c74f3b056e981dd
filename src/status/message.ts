/** Findings as statuses and listings say them. */
import { type Diagnostic, formatPath } from '../api/diagnostic.js';
import type { Locate } from '../api/resource.js';

/** The sentence, then field and position: `Missing required field "port". (spec.port, failover.yaml:12:3)`. */
export function statusError({ message, path }: Diagnostic, locate: Locate): string {
  const { file, line, column } = locate(path);
  const field = formatPath(path);
  return `${message} (${field === '' ? '' : `${field}, `}${file}:${line}:${column})`;
}

export function errorsOf(findings: readonly Diagnostic[], locate: Locate): readonly string[] {
  return findings.filter(({ severity }) => severity === 'error').map((finding) => statusError(finding, locate));
}
