/**
 * Keeps the last valid version of a resource in force when a newer one is invalid. What was valid last is history, and a row
 * may depend on inputs only; so history is an input too, written after each commit and read only where the newest is invalid.
 */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { Resource } from '../../api/resource.js';
import type { Graph, Input, KeyedTable, Read } from '../../graph/index.js';

/** The versions that were valid last, by key. */
export type LastValid<K extends string, Spec> = Input<K, Resource<Spec>>;

/** The version to act on: the newest if it has no errors, else the one that was valid last, if there was one. */
export function inForce<K extends string, Spec>(
  read: Read,
  key: NoInfer<K>,
  newest: Resource<Spec>,
  errors: readonly Diagnostic[],
  lastValid: LastValid<K, Spec>,
): Resource<Spec> | undefined {
  return hasErrors(errors) ? read(lastValid, key) : newest;
}

/** After each commit, remembers the newest versions that are valid and forgets those of deleted resources. */
export function rememberValid<K extends string, Spec>(
  graph: Graph,
  resources: Input<K, Resource<Spec>>,
  findings: KeyedTable<K, readonly Diagnostic[]>,
  lastValid: LastValid<K, Spec>,
): void {
  const remember = (changes: ReadonlyMap<K, unknown>): void => {
    graph.commit((transaction) => {
      for (const key of changes.keys()) {
        const newest = graph.read(resources, key);
        if (newest === undefined) transaction.delete(lastValid, key);
        else if (!hasErrors(graph.read(findings, key) ?? [])) transaction.set(lastValid, key, newest);
      }
    });
  };
  graph.watch(resources, remember);
  graph.watch(findings, remember);
}

export function hasErrors(findings: readonly Diagnostic[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
