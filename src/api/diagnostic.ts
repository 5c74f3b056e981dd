/**
 * Findings about the user's input. They are data, never exceptions: the rest goes on, the last good version stays in force.
 */
import type { DiagnosticCode } from './codes.js';
import type { FieldPath, ResourceRef } from './resource.js';

export type Severity = 'error' | 'warning';

/** One finding about one resource. */
export interface Diagnostic {
  readonly ref: ResourceRef;
  /** The field that is at fault; empty for the resource as a whole. */
  readonly path: FieldPath;
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** A sentence that says what is wrong and, where it is not plain, what to do. */
  readonly message: string;
}

/** `spec.backingServices[0].kubeService`. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}
