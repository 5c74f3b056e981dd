/** Collects the findings about one resource in the order in which its rules are checked. */
import type { DiagnosticCode } from '../../api/codes.js';
import type { Diagnostic } from '../../api/diagnostic.js';
import type { FieldPath, ResourceRef } from '../../api/resource.js';
import type { Read } from '../../graph/index.js';

/**
 * The findings about the resource of a key. A function and not a table, if only the table of all findings of the resource reads it: rows
 * would take memory for each resource and save no work.
 */
export type FindingsOf<K extends string> = (read: Read, key: K) => readonly Diagnostic[];

export interface Findings {
  /** Makes the resource invalid. */
  error(code: DiagnosticCode, path: FieldPath, message: string): void;
  /** The resource stays valid, but may not work as its author expects. */
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
