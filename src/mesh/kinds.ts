/** Where the resources of each kind are in the model: their table, and their keys in it. */
import { type KindName, isKindName } from '../api/kinds.js';
import type { Resource, ResourceRef } from '../api/resource.js';
import type { Input, Transaction } from '../graph/index.js';
import type { MeshInputs } from './tables.js';
import {
  meshKey,
  virtualMeshKey,
  destinationKey,
  trafficPolicyKey,
  failoverPolicyKey,
  outlierDetectionPolicyKey,
  retryTimeoutPolicyKey,
  workspaceKey,
} from './model/object-key.js';
import { serviceKey, endpointSliceKey, nodeKey, podKey, namespaceKey } from './model/kube-key.js';
import { failoverKey } from './model/failover-key.js';

/** The place of one resource in the model. */
export interface InputRow {
  /** Sets the resource, or with `undefined` removes it. The decoder vouches for the type of its `spec`. */
  readonly stage: (transaction: Transaction, resource: Resource<unknown> | undefined) => void;
}

type PlaceOf = (inputs: MeshInputs, ref: ResourceRef) => InputRow;

/** Kinds on which nothing depends are listed only. */
export const INPUT_OF_KIND: Readonly<Record<KindName, PlaceOf | undefined>> = {
  Mesh: ({ meshes }, ref) => rowOf(meshes, meshKey(ref)),
  VirtualMesh: ({ virtualMeshes }, ref) => rowOf(virtualMeshes, virtualMeshKey(ref)),
  Destination: ({ destinations }, ref) => rowOf(destinations, destinationKey(ref)),
  TrafficPolicy: ({ trafficPolicies }, ref) => rowOf(trafficPolicies, trafficPolicyKey(ref)),
  FailoverService: ({ failovers }, ref) => rowOf(failovers, failoverKey(ref)),
  VirtualDestination: ({ failovers }, ref) => rowOf(failovers, failoverKey(ref)),
  FailoverPolicy: ({ failoverPolicies }, ref) => rowOf(failoverPolicies, failoverPolicyKey(ref)),
  OutlierDetectionPolicy: (inputs, ref) => rowOf(inputs.outlierDetectionPolicies, outlierDetectionPolicyKey(ref)),
  RetryTimeoutPolicy: (inputs, ref) => rowOf(inputs.retryTimeoutPolicies, retryTimeoutPolicyKey(ref)),
  Workspace: ({ workspaces }, ref) => rowOf(workspaces, workspaceKey(ref)),
  Service: ({ services }, ref) => rowOf(services, serviceKey(ref)),
  EndpointSlice: ({ endpointSlices }, ref) => rowOf(endpointSlices, endpointSliceKey(ref)),
  Endpoints: ({ endpoints }, ref) => rowOf(endpoints, serviceKey(ref)),
  Node: ({ nodes }, ref) => rowOf(nodes, nodeKey(ref)),
  Pod: ({ pods }, ref) => rowOf(pods, podKey(ref)),
  Namespace: ({ namespaces }, ref) => rowOf(namespaces, namespaceKey(ref)),
  Workload: undefined,
};

function rowOf<K extends string>(input: Input<K, Resource<unknown>>, key: NoInfer<K>): InputRow {
  return {
    stage: (transaction, resource) => {
      if (resource === undefined) transaction.delete(input, key);
      else transaction.set(input, key, resource);
    },
  };
}

/** The place of a resource; `undefined` for kinds that the model does not know. */
export function inputRow(inputs: MeshInputs, ref: ResourceRef): InputRow | undefined {
  return isKindName(ref.kind) ? INPUT_OF_KIND[ref.kind]?.(inputs, ref) : undefined;
}
