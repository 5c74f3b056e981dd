/**
 * Findings about the user's input. They are data, never exceptions. Other resources are not affected, and the last valid version stays in
 * force.
 */
import type { DiagnosticCode } from './codes.js';
import type { FieldPath, ResourceRef } from './resource.js';

export type Severity = 'error' | 'warning';

/** One finding about one resource. */
export interface Diagnostic {
  readonly ref: ResourceRef;
  /** The field that the finding is about. Empty for the whole resource. */
  readonly path: FieldPath;
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** A sentence that states the problem and, if it is not obvious, what to do. */
  readonly message: string;
}

/** Formats a path, such as `spec.backingServices[0].kubeService`. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}
