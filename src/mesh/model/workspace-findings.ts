/** Mistakes in a Workspace. */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { FieldPath, Resource } from '../../api/resource.js';
import type { WorkspaceSpec, WorkspaceSpec_ClusterSelector as ClusterSelector } from '../../generated/resources.js';
import { type Findings, collectFindings } from './finding.js';
import { checkSelectorLabels } from './selector-findings.js';

export function workspaceFindings({ ref, spec = {} }: Resource<WorkspaceSpec>): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  const { workloadClusters = [] } = spec;
  if (workloadClusters.length === 0) {
    findings.warning(
      'SelectsNothing',
      ['spec', 'workloadClusters'],
      'The Workspace names no clusters, so it is empty. Add clusters.',
    );
  }
  workloadClusters.forEach((cluster, i) => checkCluster(findings, cluster, ['spec', 'workloadClusters', i]));
  return findings.all;
}

function checkCluster(findings: Findings, { name, selector, namespaces = [] }: ClusterSelector, path: FieldPath): void {
  checkPattern(findings, name, [...path, 'name']);
  if (selector !== undefined && Object.keys(selector).length > 0) {
    const message =
      'Lifeboat does not know the labels of clusters, so this entry selects nothing. Use the names of the clusters instead.';
    findings.warning('SelectsNothing', [...path, 'selector'], message);
  }
  namespaces.forEach(({ name: namespace, labels }, i) => {
    const at = [...path, 'namespaces', i];
    checkPattern(findings, namespace, [...at, 'name']);
    checkSelectorLabels(findings, labels, [...at, 'labels']);
    if (namespace !== undefined || Object.keys(labels ?? {}).length > 0) return;
    findings.error(
      'InvalidSelector',
      at,
      'A selector of namespaces needs a name or labels. The name * matches all namespaces.',
    );
  });
}

function checkPattern(findings: Findings, name: string | undefined, path: FieldPath): void {
  if (name === undefined || /^[-A-Za-z0-9._*]+$/.test(name)) return;
  findings.error(
    'InvalidSelector',
    path,
    `${JSON.stringify(name)} is not a valid name. In a name, * matches any string.`,
  );
}
