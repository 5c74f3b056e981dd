/** Mistakes in the selectors of a VirtualDestination: impossible values, and selectors that select nothing. */
import type { ObjectSelectorV2 } from '../../generated/resources.js';
import type { Read } from '../../graph/index.js';
import type { FailoverSpec, Named } from '../model/failover-spec.js';
import { type Findings, collectFindings } from '../model/finding.js';
import { checkDestinationSelector } from '../policies/selection/destination-selector-findings.js';
import { describeConditions, nearest } from '../policies/selection/nearest.js';
import { type ServiceKind, selectObjects } from './backends.js';
import { checkDestinationsFound } from '../policies/selection/policy-selection-findings.js';
import type { Selectable } from '../policies/selection/policy-selection.js';
import {
  type TargetTables,
  checkObjectSelector,
  describeKinds,
  describeNames,
  matching,
  toConditions,
} from '../policies/selection/target-selectors.js';

/** The tables that selectors select from. */
export type BackendContext = Selectable & TargetTables;

/** `isEmpty`: the destination has no backend at all. A selector that selects nothing is then an error. */
export function checkBackendSelectors(
  read: Read,
  findings: Findings,
  spec: FailoverSpec,
  isEmpty: boolean,
  selectable: BackendContext,
): void {
  const { ref, backends } = spec;
  const nothing = collectFindings(ref);
  if (backends.type === 'localized') checkLocalizedSelectors(read, findings, nothing, spec, selectable);
  if (backends.type === 'selected') {
    for (const selector of backends.services) checkSelector(read, findings, nothing, selector, 'SERVICE', selectable);
    for (const selector of backends.externalServices)
      checkSelector(read, findings, nothing, selector, 'EXTERNAL_SERVICE', selectable);
  }
  for (const { severity, code, path, message } of nothing.all) {
    if (severity === 'error') findings.error(code, path, message);
    else if (isEmpty) findings.error('BackingServiceNotFound', path, message);
    else findings.warning(code, path, message);
  }
}

function checkLocalizedSelectors(
  read: Read,
  findings: Findings,
  nothing: Findings,
  { backends, backendsPath }: FailoverSpec,
  selectable: BackendContext,
): void {
  if (backends.type !== 'localized') return;
  backends.selectors.forEach((selector, i) => {
    const path = [...backendsPath, i];
    checkDestinationSelector(nothing, selector, path);
    checkDestinationsFound(read, nothing, selector, path, selectable);
    for (const field of ['virtualDestinationMatcher', 'virtualDestinationRefs'] as const) {
      if (selector[field] === undefined) continue;
      findings.error(
        'KindNotSelectable',
        [...path, field],
        'A VirtualDestination cannot have another VirtualDestination as its backend. Select services or external services.',
      );
    }
  });
}

function checkSelector(
  read: Read,
  findings: Findings,
  nothing: Findings,
  { value, path }: Named<ObjectSelectorV2>,
  kind: ServiceKind,
  selectable: BackendContext,
): void {
  checkObjectSelector(findings, value, path);
  if (selectObjects(read, value, kind, selectable).length > 0) return;
  const selector = { path, kinds: [kind], conditions: toConditions(value) };
  const elsewhere = matching(read, selector, selectable);
  if (elsewhere.length > 0) {
    const message = `The matching objects (${describeNames(elsewhere)}) are not in workspace ${JSON.stringify(value.workspace)}, so the selector selects nothing.`;
    nothing.warning('SelectsNothing', path, message);
    return;
  }
  const near = nearest(read, selector, selectable);
  nothing.warning(
    'SelectsNothing',
    path,
    `No valid ${describeKinds([kind])} has ${describeConditions(selector.conditions)}, so the selector selects nothing.${near}`,
  );
}
