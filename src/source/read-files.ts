/** Reads files once, for commands that do not watch them. */
import type { RawResource } from '../api/resource.js';
import type { FileFinding } from './yaml/finding.js';
import { NO_LOOK, loadAll } from './load.js';
import { createFileTable } from './table.js';

/** What the files hold. */
export interface SourceState {
  /** In no particular order; each key once. */
  readonly resources: readonly RawResource[];
  /** Ordered by file and line. */
  readonly findings: readonly FileFinding[];
}

/**
 * Reads files and, recursively, directories (`*.yaml`, `*.yml`, `*.json`). Never throws: whatever is wrong is a finding.
 * Positions begin with the path as it was given.
 */
export function readFiles(paths: readonly string[]): SourceState {
  const table = createFileTable();
  const steps = loadAll(table, paths, NO_LOOK, new Set());
  while (steps.next().done !== true);
  const batch = table.commit();
  return { resources: batch?.upserts ?? [], findings: batch?.findings ?? [] };
}
