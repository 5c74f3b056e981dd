/**
 * Keeps the last valid version of a resource in force while a newer version is invalid. A row depends on inputs only, so the last valid
 * version is an input too: it is written after each commit, and read only while the newest version is invalid.
 */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { Resource } from '../../api/resource.js';
import type { Graph, Input, KeyedTable, Read } from '../../graph/index.js';

/** The last valid versions, by key. */
export type LastValid<K extends string, Spec> = Input<K, Resource<Spec>>;

/** The version in force: the newest if it has no errors, else the last valid one, if any. */
export function inForce<K extends string, Spec>(
  read: Read,
  key: NoInfer<K>,
  newest: Resource<Spec>,
  errors: readonly Diagnostic[],
  lastValid: LastValid<K, Spec>,
): Resource<Spec> | undefined {
  return hasErrors(errors) ? read(lastValid, key) : newest;
}

/** After each commit, stores the newest valid versions and forgets deleted resources. */
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
