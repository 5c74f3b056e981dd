/** The status of a Workspace: the number of its clusters and namespaces. https://docs.solo.io/gloo-mesh-enterprise/latest/reference/api/workspace/ */
import { CLUSTER_ANNOTATION } from '../api/resource.js';
import type { Graph } from '../graph/index.js';
import { type MembershipKey, clusterOfMembership, membershipOfNamespace } from '../mesh/model/workspaces.js';
import type { MeshModel } from '../mesh/tables.js';
import type { Status } from './approval.js';

/** `status`: the fields that all kinds have. Counts the namespaces of Namespace objects and destinations. */
export function workspaceStatus(graph: Graph, model: MeshModel, workspace: string, status: Status): Status {
  const { observedGeneration, state, errors } = status;
  const namespaces = namespacesOf(graph, model).filter(
    (key) => graph.read(model.virtualDestinationPolicies.workspaces.memberships, key)?.workspace === workspace,
  );
  const clusters = new Set(namespaces.map((key) => clusterOfMembership(key)).filter((cluster) => cluster !== ''));
  return {
    common: { ...(errors !== undefined && { errors }), observedGeneration, state },
    ...status,
    numSelectedClusters: clusters.size,
    numSelectedNamespaces: namespaces.length,
  };
}

/** Keys of the table of memberships, each once. */
function namespacesOf(graph: Graph, { inputs, destinations }: MeshModel): readonly MembershipKey[] {
  const known = new Set<MembershipKey>();
  for (const key of graph.keys(inputs.namespaces)) {
    const resource = graph.read(inputs.namespaces, key);
    if (resource !== undefined)
      known.add(
        membershipOfNamespace(
          resource.ref.name,
          resource.ref.cluster ?? resource.annotations[CLUSTER_ANNOTATION] ?? '',
        ),
      );
  }
  for (const key of graph.keys(destinations.destinations)) {
    const service = graph.read(destinations.destinations, key)?.service;
    if (service !== undefined) known.add(membershipOfNamespace(service.namespace, service.cluster));
  }
  return [...known];
}
