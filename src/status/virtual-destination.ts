/** The fields that the status of a VirtualDestination has in addition to that of a FailoverService. */
import { isVirtualDestinationV2, type FailoverResource } from '../mesh/model/failover-spec.js';
import type { Destination } from '../mesh/model/model.js';
import type { Status } from './approval.js';

/** The destinations behind a virtual destination, with their services. */
export function selectedDestinations(destinations: readonly Destination[]): readonly unknown[] {
  return destinations.map(({ ref, service }) => ({
    ref: { name: ref.name, namespace: ref.namespace },
    ...(service && {
      destination: { kubeService: { name: service.name, namespace: service.namespace, clusterName: service.cluster } },
    }),
  }));
}

/** Gloo Mesh 2 has generation, state and errors in `common`. */
export function withCommon(resource: FailoverResource, status: Status): Status {
  if (!isVirtualDestinationV2(resource)) return status;
  const { observedGeneration, state, errors } = status;
  return { common: { ...(errors !== undefined && { errors }), observedGeneration, state }, ...status };
}
