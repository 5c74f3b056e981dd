/** Keys of resources. The table that a key belongs to says the kind. */
import type { Key } from '../../graph/index.js';
import { type ObjectRef, formatObject } from './object-ref.js';

export type MeshKey = Key<'Mesh'>;
export type VirtualMeshKey = Key<'VirtualMesh'>;
/** The key of a Destination resource, or of the object for a discovered service. */
export type DestinationKey = Key<'Destination'>;
export type TrafficPolicyKey = Key<'TrafficPolicy'>;
export type FailoverPolicyKey = Key<'FailoverPolicy'>;
export type OutlierDetectionPolicyKey = Key<'OutlierDetectionPolicy'>;
export type RetryTimeoutPolicyKey = Key<'RetryTimeoutPolicy'>;
export type WorkspaceKey = Key<'Workspace'>;

/** The mesh key for services and clients without a mesh. */
export const NO_MESH = '' as MeshKey;

type KeyOf<K> = (ref: ObjectRef) => K;

function keyOf<K extends string>(): KeyOf<K> {
  return (ref) => formatObject(ref) as K;
}

export const meshKey = keyOf<MeshKey>();
export const virtualMeshKey = keyOf<VirtualMeshKey>();
export const destinationKey = keyOf<DestinationKey>();
export const trafficPolicyKey = keyOf<TrafficPolicyKey>();
export const failoverPolicyKey = keyOf<FailoverPolicyKey>();
export const outlierDetectionPolicyKey = keyOf<OutlierDetectionPolicyKey>();
export const retryTimeoutPolicyKey = keyOf<RetryTimeoutPolicyKey>();
export const workspaceKey = keyOf<WorkspaceKey>();
