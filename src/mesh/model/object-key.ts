/** Keys of the resources whose kind is plain from the table that they are in. */
import type { Key } from '../../graph/index.js';
import { type ObjectRef, formatObject } from './object-ref.js';

export type MeshKey = Key<'Mesh'>;
export type VirtualMeshKey = Key<'VirtualMesh'>;
/** Of a Destination resource, or of the object that stands for a discovered service. */
export type DestinationKey = Key<'Destination'>;
export type TrafficPolicyKey = Key<'TrafficPolicy'>;
export type FailoverPolicyKey = Key<'FailoverPolicy'>;
export type OutlierDetectionPolicyKey = Key<'OutlierDetectionPolicy'>;
export type RetryTimeoutPolicyKey = Key<'RetryTimeoutPolicy'>;
export type WorkspaceKey = Key<'Workspace'>;

/** What is in no mesh has this key of one. */
export const NO_MESH = '' as MeshKey;

export function meshKey(ref: ObjectRef): MeshKey {
  return formatObject(ref) as MeshKey;
}

export function virtualMeshKey(ref: ObjectRef): VirtualMeshKey {
  return formatObject(ref) as VirtualMeshKey;
}

export function destinationKey(ref: ObjectRef): DestinationKey {
  return formatObject(ref) as DestinationKey;
}

export function trafficPolicyKey(ref: ObjectRef): TrafficPolicyKey {
  return formatObject(ref) as TrafficPolicyKey;
}

export function failoverPolicyKey(ref: ObjectRef): FailoverPolicyKey {
  return formatObject(ref) as FailoverPolicyKey;
}

export function outlierDetectionPolicyKey(ref: ObjectRef): OutlierDetectionPolicyKey {
  return formatObject(ref) as OutlierDetectionPolicyKey;
}

export function retryTimeoutPolicyKey(ref: ObjectRef): RetryTimeoutPolicyKey {
  return formatObject(ref) as RetryTimeoutPolicyKey;
}

export function workspaceKey(ref: ObjectRef): WorkspaceKey {
  return formatObject(ref) as WorkspaceKey;
}
