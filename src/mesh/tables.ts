/** The model as one graph of tables, from the resources as inputs to the listeners, routes and clusters of each client. */
import type { Diagnostic } from '../api/diagnostic.js';
import type { Resource } from '../api/resource.js';
import type {
  DestinationSpec,
  EndpointSlice,
  Endpoints,
  FailoverPolicySpec,
  MeshSpec,
  NamespaceSpec,
  NodeSpec,
  OutlierDetectionPolicySpec,
  PodSpec,
  RetryTimeoutPolicySpec,
  ServiceSpec,
  TrafficPolicySpec,
  VirtualMeshSpec,
  WorkspaceSpec,
} from '../generated/resources.js';
import type { Graph, Input, Table } from '../graph/index.js';
import type { FindingsOf } from './model/finding.js';
import { type RuleScopeTable, declareRuleScope } from './clusters/client-scope.js';
import { type ClusterTables, declareClusters } from './clusters/clusters.js';
import { type DestinationTables, declareDestinations } from './discovery/destinations.js';
import { type EjectionTables, declareEjectionFindings } from './offers/ejection-findings.js';
import type { FailoverResource } from './model/failover-spec.js';
import { type FailoverClusterTables, declareFailoverClusters } from './offers/failover-clusters.js';
import { declareFailoverWarnings } from './offers/failover-warnings.js';
import { type FailoverTables, declareFailovers } from './failovers/failovers.js';
import type { RetainedEndpoints } from './discovery/kubernetes/shrink-guard.js';
import { declareVirtualMeshFindings } from './discovery/services/mesh-findings.js';
import { type MeshTables, declareMeshes } from './discovery/services/meshes.js';
import { findHostsTaken } from './offers/host-findings.js';
import { declarePortFindings } from './offers/port-findings.js';
import { type RuleFindingTables, declareRuleFindings } from './clusters/rule-findings.js';
import { declareOutlierDetection, outlierDetectionPolicyKind } from './policies/outlier-detection-policies.js';
import { declarePolicies, declarePolicyContext } from './policies/selection/policy-targets.js';
import { findProtocolMismatches } from './failovers/protocol-warnings.js';
import {
  type VirtualDestinationPolicyTables,
  declareVirtualDestinationPolicies,
} from './failovers/virtual-destination-policies.js';
import { type RouteTables, declareRoutes } from './offers/routes.js';
import { findShiftRules } from './offers/shift-rule-findings.js';
import { type GrpcTargetTable, declareTargets } from './offers/grpc-targets.js';
import { type TrafficPolicyTables, declareTrafficPolicies } from './policies/traffic-policies.js';
import { type VisibilityTables, declareVisibility } from './offers/visibility.js';
import type {
  MeshKey,
  VirtualMeshKey,
  DestinationKey,
  TrafficPolicyKey,
  FailoverPolicyKey,
  OutlierDetectionPolicyKey,
  RetryTimeoutPolicyKey,
  WorkspaceKey,
} from './model/object-key.js';
import type { ServiceKey, EndpointSliceKey, NodeKey, PodKey, NamespaceKey } from './model/kube-key.js';
import type { FailoverKey } from './model/failover-key.js';

/** The decoded resources. */
export interface MeshInputs {
  readonly meshes: Input<MeshKey, Resource<MeshSpec>>;
  readonly virtualMeshes: Input<VirtualMeshKey, Resource<VirtualMeshSpec>>;
  readonly destinations: Input<DestinationKey, Resource<DestinationSpec>>;
  readonly trafficPolicies: Input<TrafficPolicyKey, Resource<TrafficPolicySpec>>;
  /** FailoverServices and VirtualDestinations. */
  readonly failovers: Input<FailoverKey, FailoverResource>;
  readonly failoverPolicies: Input<FailoverPolicyKey, Resource<FailoverPolicySpec>>;
  readonly outlierDetectionPolicies: Input<OutlierDetectionPolicyKey, Resource<OutlierDetectionPolicySpec>>;
  readonly retryTimeoutPolicies: Input<RetryTimeoutPolicyKey, Resource<RetryTimeoutPolicySpec>>;
  readonly workspaces: Input<WorkspaceKey, Resource<WorkspaceSpec>>;
  readonly services: Input<ServiceKey, Resource<ServiceSpec>>;
  readonly endpointSlices: Input<EndpointSliceKey, Resource<EndpointSlice>>;
  readonly endpoints: Input<ServiceKey, Resource<Endpoints>>;
  /** Endpoints that stay for a grace time although their EndpointSlices, or their Endpoints object, lost them. */
  readonly retainedEndpoints: Input<ServiceKey, RetainedEndpoints>;
  readonly nodes: Input<NodeKey, Resource<NodeSpec>>;
  readonly pods: Input<PodKey, Resource<PodSpec>>;
  readonly namespaces: Input<NamespaceKey, Resource<NamespaceSpec>>;
}

export interface MeshModel {
  readonly inputs: MeshInputs;
  readonly meshes: MeshTables;
  readonly virtualMeshFindings: Table<VirtualMeshKey, readonly Diagnostic[]>;
  readonly destinations: DestinationTables;
  readonly trafficPolicies: TrafficPolicyTables;
  readonly failovers: FailoverTables;
  readonly virtualDestinationPolicies: VirtualDestinationPolicyTables;
  readonly ruleScope: RuleScopeTable;
  readonly clusters: ClusterTables;
  readonly ruleFindings: RuleFindingTables;
  readonly failoverWarnings: FindingsOf<FailoverKey>;
  readonly protocolMismatches: FindingsOf<FailoverKey>;
  readonly routes: RouteTables;
  readonly visibility: VisibilityTables;
  readonly failoverClusters: FailoverClusterTables;
  readonly targets: GrpcTargetTable;
  readonly portFindings: FindingsOf<DestinationKey>;
  readonly hostFindings: FindingsOf<DestinationKey>;
  readonly shiftRuleFindings: FindingsOf<TrafficPolicyKey>;
  readonly ejection: EjectionTables;
  /** The last valid versions, for each kind. The model writes these inputs itself. */
  readonly history: readonly Table<never, Resource<unknown>>[];
}

export function declareMesh(graph: Graph): MeshModel {
  const inputs: MeshInputs = {
    meshes: graph.input('Mesh'),
    virtualMeshes: graph.input('VirtualMesh'),
    destinations: graph.input('Destination'),
    trafficPolicies: graph.input('TrafficPolicy'),
    failovers: graph.input('FailoverService, VirtualDestination'),
    failoverPolicies: graph.input('FailoverPolicy'),
    outlierDetectionPolicies: graph.input('OutlierDetectionPolicy'),
    retryTimeoutPolicies: graph.input('RetryTimeoutPolicy'),
    workspaces: graph.input('Workspace'),
    services: graph.input('Service'),
    endpointSlices: graph.input('EndpointSlice'),
    endpoints: graph.input('Endpoints'),
    retainedEndpoints: graph.input('retained endpoints'),
    nodes: graph.input('Node'),
    pods: graph.input('Pod'),
    namespaces: graph.input('Namespace'),
  };
  const lastValidPolicies = graph.input<TrafficPolicyKey, Resource<TrafficPolicySpec>>('last valid TrafficPolicy');
  const lastValidFailovers = graph.input<FailoverKey, FailoverResource>(
    'last valid FailoverService, VirtualDestination',
  );

  const meshes = declareMeshes(graph, inputs.meshes, inputs.virtualMeshes);
  const virtualMeshFindings = declareVirtualMeshFindings(graph, inputs.virtualMeshes, meshes);
  const destinations = declareDestinations(graph, inputs, meshes);
  const policyContext = declarePolicyContext(graph, inputs, destinations);
  const detectionPolicies = declarePolicies(
    graph,
    inputs.outlierDetectionPolicies,
    outlierDetectionPolicyKind,
    policyContext,
  );
  const selectable = {
    destinations,
    failovers: inputs.failovers,
    selectableFailovers: policyContext.selectableFailovers,
  };
  const trafficPolicies = declareTrafficPolicies(graph, inputs.trafficPolicies, lastValidPolicies, selectable);
  const onPorts = declareOutlierDetection(graph, trafficPolicies, detectionPolicies);
  const failovers = declareFailovers(graph, inputs.failovers, lastValidFailovers, {
    ...selectable,
    workspaces: policyContext.workspaces,
    ...{ meshes, outlierDetection: onPorts },
  });
  const virtualDestinationPolicies = declareVirtualDestinationPolicies(graph, inputs, failovers, {
    context: policyContext,
    detectionPolicies,
    onPorts,
  });
  const context = { destinations, failovers, policies: trafficPolicies, virtualDestinationPolicies };
  const clusters = declareClusters(graph, context);
  const ruleScope = declareRuleScope(graph, failovers, virtualDestinationPolicies.rules, clusters.clusters);
  const ruleFindings = declareRuleFindings(graph, inputs, { failovers, virtualDestinationPolicies, clusters });
  const routes = declareRoutes(graph, clusters, context);
  const failoverWarnings = declareFailoverWarnings(graph, failovers, clusters, routes, inputs.trafficPolicies);
  const visibility = declareVisibility(graph, meshes, clusters, routes, context);
  const { tlsModeOf } = trafficPolicies;
  const protocolMismatches = findProtocolMismatches({
    failovers: failovers.failovers,
    resources: inputs.failovers,
    destinations,
    tlsModeOf,
  });
  const failoverClusters = declareFailoverClusters(graph, clusters, visibility);
  const shiftRuleFindings = findShiftRules(inputs.trafficPolicies, context);
  const targets = declareTargets(graph, meshes, context);
  const portFindings = declarePortFindings(graph, { destinations, failovers, meshes });
  const hostFindings = findHostsTaken({
    destinations,
    failovers,
    meshes,
    resources: inputs.destinations,
    tlsModeOf,
  });
  const { failoverPolicies, outlierDetectionPolicies, retryTimeoutPolicies } = virtualDestinationPolicies;
  const ejection = declareEjectionFindings(
    graph,
    inputs,
    { trafficPolicies, outlierDetectionPolicies },
    failovers,
    clusters,
  );
  const policies = [failoverPolicies, outlierDetectionPolicies, retryTimeoutPolicies].map(({ lastValid }) => lastValid);
  const history = [lastValidPolicies, lastValidFailovers, policyContext.workspaces.lastValid, ...policies];
  return {
    ...{
      inputs,
      meshes,
      virtualMeshFindings,
      destinations,
      trafficPolicies,
      failovers,
      virtualDestinationPolicies,
      ruleScope,
      clusters,
      ruleFindings,
      failoverWarnings,
      protocolMismatches,
      routes,
      visibility,
    },
    ...{ failoverClusters, targets, portFindings, hostFindings, shiftRuleFindings, ejection, history },
  };
}
