/** The statuses of FailoverPolicy, OutlierDetectionPolicy and RetryTimeoutPolicy. */
import type { Resource } from '../api/resource.js';
import type { FailoverDestination } from '../mesh/model/model.js';
import type { ObjectRef } from '../mesh/model/object-ref.js';
import { type Status, approval, observedGeneration } from './approval.js';

/** Generation, state and errors are in `common`, as in Gloo Mesh; the state is also at the top level. */
export function policyStatus(
  policy: Resource<unknown>,
  errors: readonly string[],
  warnings: readonly string[],
): Status {
  const { state } = approval(errors);
  return {
    common: {
      ...(errors.length > 0 && { errors }),
      observedGeneration: observedGeneration(policy.apiVersion, policy.generation),
      state,
      ...(warnings.length > 0 && { warnings }),
    },
    state,
  };
}

/** A port of a virtual destination that a FailoverPolicy selects, and the OutlierDetectionPolicy on it if there is one. */
export interface SelectedPort {
  readonly failover: FailoverDestination;
  readonly port: number;
  readonly outlierDetectionPolicy?: ObjectRef;
}

/** The report about what a FailoverPolicy selects. https://docs.solo.io/gloo-mesh/latest/reference/api/failover_policy/ */
export function failoverPolicyReport(
  workspace: string,
  policy: Resource<unknown>,
  state: unknown,
  targets: readonly SelectedPort[],
): Status {
  const ports = targets.map(({ failover, port }) => reference(failover, port));
  const policies = targets.flatMap(({ failover, port, outlierDetectionPolicy }) =>
    outlierDetectionPolicy
      ? [{ destination: reference(failover, port), selectedOutlierDetection: outlierDetectionPolicy }]
      : [],
  );
  const generation = observedGeneration(policy.apiVersion, policy.generation);
  return {
    numSelectedDestinationPorts: ports.length,
    report: {
      ...(workspace !== '' && {
        workspaces: { [workspace]: { clusters: { '': { observedGeneration: generation, state } } } },
      }),
      selectedDestinationPorts: ports,
      correspondingOutlierDetectionPolicies: policies,
    },
  };
}

function reference({ ref }: FailoverDestination, number: number): Status {
  return { kind: 'VIRTUAL_DESTINATION', port: { number }, ref: { name: ref.name, namespace: ref.namespace } };
}
