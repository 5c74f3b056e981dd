/** Collects the findings about one resource in the order in which its rules are checked. */
import type { DiagnosticCode } from '../../api/codes.js';
import type { Diagnostic } from '../../api/diagnostic.js';
import type { FieldPath, ResourceRef } from '../../api/resource.js';
import type { Read } from '../../graph/index.js';

/**
 * Finds what is wrong with the resource of a key. A function, where only the row of all findings of the resource needs the result: a
 * row of its own would take memory for each resource and save no work.
 */
export type FindingsOf<K extends string> = (read: Read, key: K) => readonly Diagnostic[];

export interface Findings {
  /** The resource is invalid. */
  error(code: DiagnosticCode, path: FieldPath, message: string): void;
  /** The resource counts, but not as the user may think. */
  warning(code: DiagnosticCode, path: FieldPath, message: string): void;
  readonly all: readonly Diagnostic[];
}

export function collectFindings(ref: ResourceRef): Findings {
  const all: Diagnostic[] = [];
  return {
    error: (code, path, message) => all.push({ ref, code, path, severity: 'error', message }),
    warning: (code, path, message) => all.push({ ref, code, path, severity: 'warning', message }),
    all,
  };
}
