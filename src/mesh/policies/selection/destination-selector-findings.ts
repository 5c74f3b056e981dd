/** Mistakes in the values of `destinationSelector` and `sourceSelector`, for all resources that have them. */
import type { FieldPath } from '../../../api/resource.js';
import type { DestinationSelector, WorkloadSelector } from '../../../generated/resources.js';
import type { Findings } from '../../model/finding.js';
import { checkSelectorLabels, checkName, checkNames, checkPlaces } from '../../model/selector-findings.js';

interface Matcher {
  readonly labels?: Readonly<Record<string, string>>;
  readonly namespaces?: readonly string[];
  readonly clusters?: readonly string[];
}

interface Reference {
  readonly name?: string;
  readonly namespace?: string;
}

export function checkDestinationSelector(findings: Findings, selector: DestinationSelector, path: FieldPath): void {
  for (const field of ['kubeServiceMatcher', 'externalServiceMatcher', 'virtualDestinationMatcher'] as const) {
    checkMatcher(findings, selector[field], [...path, field]);
  }
  checkReferences(findings, selector.kubeServiceRefs?.services, [...path, 'kubeServiceRefs', 'services']);
  checkReferences(findings, selector.externalServiceRefs?.externalServices, [
    ...path,
    'externalServiceRefs',
    'externalServices',
  ]);
  checkReferences(findings, selector.virtualDestinationRefs?.virtualDestinations, [
    ...path,
    'virtualDestinationRefs',
    'virtualDestinations',
  ]);
  checkNamed(findings, selector, path);
  if (Object.keys(selector).length > 0) return;
  findings.warning(
    'SelectsNothing',
    path,
    'The selector is empty, so it selects nothing. To select all Kubernetes services, use kubeServiceMatcher: {}.',
  );
}

function checkNamed(
  findings: Findings,
  { kubeServiceRefs, externalServiceRefs, virtualDestinationRefs }: DestinationSelector,
  path: FieldPath,
): void {
  const lists = [
    [kubeServiceRefs, kubeServiceRefs?.services, 'kubeServiceRefs', 'services'],
    [externalServiceRefs, externalServiceRefs?.externalServices, 'externalServiceRefs', 'externalServices'],
    [
      virtualDestinationRefs,
      virtualDestinationRefs?.virtualDestinations,
      'virtualDestinationRefs',
      'virtualDestinations',
    ],
  ] as const;
  for (const [given, named = [], field, list] of lists) {
    if (given === undefined || named.length > 0) continue;
    findings.warning('SelectsNothing', [...path, field], `${field} names nothing, so it selects nothing. Add ${list}.`);
  }
}

function checkMatcher(findings: Findings, { labels, namespaces, clusters }: Matcher = {}, path: FieldPath): void {
  checkSelectorLabels(findings, labels, [...path, 'labels']);
  checkNames(findings, namespaces, [...path, 'namespaces']);
  checkPlaces(findings, clusters, [...path, 'clusters']);
}

/** The cluster may be empty, because some services belong to none. */
function checkReferences(findings: Findings, references: readonly Reference[] | undefined, path: FieldPath): void {
  references?.forEach(({ name = '', namespace = '' }, i) => {
    checkName(findings, name, [...path, i, 'name']);
    checkName(findings, namespace, [...path, i, 'namespace']);
  });
}

export function checkWorkloadSelector(findings: Findings, selector: WorkloadSelector, path: FieldPath): void {
  const { kubeWorkloadMatcher, ...direct } = selector;
  checkMatcher(findings, direct, path);
  checkMatcher(findings, kubeWorkloadMatcher, [...path, 'kubeWorkloadMatcher']);
  const [field] = Object.keys(direct);
  if (kubeWorkloadMatcher === undefined || field === undefined) return;
  const message = `kubeWorkloadMatcher and ${Object.keys(direct).join(', ')} exclude each other. Put all conditions in kubeWorkloadMatcher.`;
  findings.error('ExclusiveFields', [...path, field], message);
}
