/** A warning for each `destinationSelector` that selects nothing, with a suggestion. */
import type { Diagnostic } from '../../../api/diagnostic.js';
import type { FieldPath, Resource } from '../../../api/resource.js';
import type { DestinationSelector, TrafficPolicySpec } from '../../../generated/resources.js';
import type { Read } from '../../../graph/index.js';
import { externalService } from '../../discovery/selectors.js';
import { namedService } from '../../discovery/services/service-ref.js';
import type { Conditions } from '../../discovery/services/selector-index.js';
import { type Findings, collectFindings } from '../../model/finding.js';
import { describeConditions, nearest } from './nearest.js';
import { type Selectable, virtualDestinationKey } from './policy-selection.js';
import { type TargetKind, describeKinds, matching } from './target-selectors.js';

export function policySelectionFindings(
  read: Read,
  { ref, spec = {} }: Resource<TrafficPolicySpec>,
  selectable: Selectable,
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  spec.destinationSelector?.forEach((selector, i) => {
    checkDestinationsFound(read, findings, selector, ['spec', 'destinationSelector', i], selectable);
  });
  return findings.all;
}

/** Only a warning, because the destination may be added later. */
export function checkDestinationsFound(
  read: Read,
  findings: Findings,
  selector: DestinationSelector,
  path: FieldPath,
  selectable: Selectable,
): void {
  for (const [field, kind] of matchers) {
    const matcher: Matcher | undefined = selector[field];
    if (matcher !== undefined) checkMatcher(read, findings, kind, matcher, [...path, field], selectable);
  }
  const { kubeServiceRefs, externalServiceRefs, virtualDestinationRefs } = selector;
  const missing = (what: string, kind: TargetKind, wanted: Wanted, at: FieldPath): void => {
    findings.warning(
      'DestinationNotFound',
      [...path, ...at],
      `${what}${suggestionFor(read, kind, wanted, selectable)}`,
    );
  };
  kubeServiceRefs?.services?.forEach((service, i) => {
    if (read(selectable.destinations.byService, namedService(service)) !== undefined) return;
    const { name = '', namespace = '', clusterName = '' } = service;
    const wanted = { name, namespaces: [namespace], clusters: [clusterName] };
    missing(`Destination ${name}.${namespace}.${clusterName} not found in discovery resources.`, 'SERVICE', wanted, [
      'kubeServiceRefs',
      'services',
      i,
    ]);
  });
  externalServiceRefs?.externalServices?.forEach((ref, i) => {
    if (externalService(read, ref, selectable.destinations) !== undefined) return;
    const { name = '', namespace = '' } = ref;
    const wanted = { name, namespaces: [namespace] };
    missing(`External service ${name}.${namespace} not found in discovery resources.`, 'EXTERNAL_SERVICE', wanted, [
      'externalServiceRefs',
      'externalServices',
      i,
    ]);
  });
  virtualDestinationRefs?.virtualDestinations?.forEach((ref, i) => {
    if (read(selectable.failovers, virtualDestinationKey(ref)) !== undefined) return;
    const { name = '', namespace = '' } = ref;
    const wanted = { name, namespaces: [namespace] };
    missing(`VirtualDestination ${name}.${namespace} not found.`, 'VIRTUAL_DESTINATION', wanted, [
      'virtualDestinationRefs',
      'virtualDestinations',
      i,
    ]);
  });
}

interface Matcher {
  readonly labels?: Readonly<Record<string, string>>;
  readonly namespaces?: readonly string[];
  readonly clusters?: readonly string[];
}

const matchers = [
  ['kubeServiceMatcher', 'SERVICE'],
  ['externalServiceMatcher', 'EXTERNAL_SERVICE'],
  ['virtualDestinationMatcher', 'VIRTUAL_DESTINATION'],
] as const;

function checkMatcher(
  read: Read,
  findings: Findings,
  kind: TargetKind,
  { labels, namespaces, clusters }: Matcher,
  path: FieldPath,
  selectable: Selectable,
): void {
  const conditions: Conditions = { labels, namespaces, clusters };
  const selector = { path, kinds: [kind], conditions };
  if (matching(read, selector, selectable).length > 0) return;
  const message = `No valid ${describeKinds([kind])} has ${describeConditions(conditions)}, so the selector selects nothing.${nearest(read, selector, selectable)}`;
  findings.warning('SelectsNothing', path, message);
}

type Wanted = Conditions & { readonly name: string };

/** The suggestion for a reference to an object that does not exist, with a leading space. */
function suggestionFor(read: Read, kind: TargetKind, conditions: Wanted, selectable: Selectable): string {
  return nearest(read, { path: [], kinds: [kind], conditions }, selectable);
}
