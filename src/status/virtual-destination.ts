/** What the statuses of VirtualDestinations say besides those of FailoverServices. */
import { isVirtualDestinationV2, type FailoverResource } from '../mesh/model/failover-spec.js';
import type { Destination } from '../mesh/model/model.js';
import type { Status } from './approval.js';

/** The destinations behind a virtual destination, and the services that they are. */
export function selectedDestinations(destinations: readonly Destination[]): readonly unknown[] {
  return destinations.map(({ ref, service }) => ({
    ref: { name: ref.name, namespace: ref.namespace },
    ...(service && {
      destination: { kubeService: { name: service.name, namespace: service.namespace, clusterName: service.cluster } },
    }),
  }));
}

/** Gloo Mesh 2 keeps generation, state and errors under `common`. */
export function withCommon(resource: FailoverResource, status: Status): Status {
  if (!isVirtualDestinationV2(resource)) return status;
  const { observedGeneration, state, errors } = status;
  return { common: { ...(errors !== undefined && { errors }), observedGeneration, state }, ...status };
}
