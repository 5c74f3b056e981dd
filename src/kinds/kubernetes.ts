/** Kubernetes' own kinds. */
import type { Diagnostic } from '../api/diagnostic.js';
import type { Read } from '../graph/index.js';
import {
  type ServiceKey,
  endpointSliceKey,
  namespaceKey,
  nodeKey,
  podKey,
  serviceKey,
} from '../mesh/model/kube-key.js';
import type { MeshModel } from '../mesh/tables.js';
import { plainStatus } from '../status/plain.js';
import { reachabilityFindings } from './destination.js';
import { inputRowOf } from './input-row.js';
import type { Kind } from './kind.js';

export const service: Kind = {
  input: ({ services }, ref) => inputRowOf(services, serviceKey(ref)),
  findings: (read, model, ref) => {
    const key = serviceKey(ref);
    const own = read(model.destinations.discovery.serviceFindings, key) ?? [];
    return [...own, ...discoveredFindings(read, model, key)];
  },
  status: plainStatus,
  isInMessages: true,
};

/** If a Destination resource replaces the discovered one, it has the findings. */
function discoveredFindings(read: Read, model: MeshModel, key: ServiceKey): readonly Diagnostic[] {
  const { destinations } = model;
  const [destination] = read(destinations.byService, key) ?? [];
  const isDiscovered =
    destination !== undefined && read(destinations.discovery.destinations, destination) !== undefined;
  return isDiscovered ? reachabilityFindings(read, model, destination) : [];
}

export const endpointSlice: Kind = {
  input: ({ endpointSlices }, ref) => inputRowOf(endpointSlices, endpointSliceKey(ref)),
  findings: (read, { destinations }, ref) => read(destinations.discovery.sliceFindings, endpointSliceKey(ref)) ?? [],
  status: plainStatus,
  isInMessages: true,
};

export const endpoints: Kind = {
  input: (inputs, ref) => inputRowOf(inputs.endpoints, serviceKey(ref)),
  findings: (read, { destinations }, ref) => read(destinations.discovery.endpointsFindings, serviceKey(ref)) ?? [],
  status: plainStatus,
  isInMessages: true,
};

export const node: Kind = {
  input: ({ nodes }, ref) => inputRowOf(nodes, nodeKey(ref)),
  findings: () => [],
  status: plainStatus,
  isInMessages: false,
};

export const pod: Kind = {
  input: ({ pods }, ref) => inputRowOf(pods, podKey(ref)),
  findings: () => [],
  status: plainStatus,
  isInMessages: false,
};

export const namespace: Kind = {
  input: ({ namespaces }, ref) => inputRowOf(namespaces, namespaceKey(ref)),
  findings: () => [],
  status: plainStatus,
  isInMessages: false,
};
