/** The model: from resources as inputs to what each client is offered, as one graph of tables. */
import type { Resource } from '../api/resource.js';
import type {
  DestinationSpec,
  FailoverPolicySpec,
  MeshSpec,
  OutlierDetectionPolicySpec,
  RetryTimeoutPolicySpec,
  TrafficPolicySpec,
  VirtualMeshSpec,
  WorkspaceSpec,
} from '../generated/resources.js';
import type { Graph, Input } from '../graph/index.js';
import { type RuleScopeTable, declareRuleScope } from './client-scope.js';
import { type ClusterTables, declareClusters } from './clusters.js';
import { type DestinationTables, declareDestinations } from './destinations.js';
import { type EjectionTables, declareEjectionFindings } from './ejection-findings.js';
import type { FailoverResource } from './failover-spec.js';
import { type FailoverTables, declareFailovers } from './failovers.js';
import { type MeshTables, declareMeshes } from './meshes.js';
import { declareSelectable } from './policy-selection.js';
import { type ResilienceTables, declareResilience } from './resilience.js';
import { type RouteTables, declareRoutes } from './routes.js';
import { type TrafficPolicyTables, declareTrafficPolicies } from './traffic-policies.js';
import { type VisibilityTables, declareVisibility } from './visibility.js';

/** The resources to act on, as decoded. Keys are `objectKey`, but `resourceKey` where a table holds several kinds. */
export interface MeshInputs {
  readonly meshes: Input<Resource<MeshSpec>>;
  readonly virtualMeshes: Input<Resource<VirtualMeshSpec>>;
  readonly destinations: Input<Resource<DestinationSpec>>;
  readonly trafficPolicies: Input<Resource<TrafficPolicySpec>>;
  /** FailoverServices and VirtualDestinations. */
  readonly failovers: Input<FailoverResource>;
  readonly failoverPolicies: Input<Resource<FailoverPolicySpec>>;
  readonly outlierDetectionPolicies: Input<Resource<OutlierDetectionPolicySpec>>;
  readonly retryTimeoutPolicies: Input<Resource<RetryTimeoutPolicySpec>>;
  readonly workspaces: Input<Resource<WorkspaceSpec>>;
}

export interface MeshModel {
  readonly inputs: MeshInputs;
  readonly meshes: MeshTables;
  readonly destinations: DestinationTables;
  readonly trafficPolicies: TrafficPolicyTables;
  readonly failovers: FailoverTables;
  readonly resilience: ResilienceTables;
  readonly ruleScope: RuleScopeTable;
  readonly clusters: ClusterTables;
  readonly routes: RouteTables;
  readonly visibility: VisibilityTables;
  readonly ejection: EjectionTables;
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
  };
  const lastValidPolicies = graph.input<Resource<TrafficPolicySpec>>('last valid TrafficPolicy');
  const lastValidFailovers = graph.input<FailoverResource>('last valid FailoverService, VirtualDestination');

  const meshes = declareMeshes(graph, inputs.meshes, inputs.virtualMeshes);
  const destinations = declareDestinations(graph, inputs.destinations);
  const selectable = declareSelectable(graph, destinations, inputs.failovers);
  const trafficPolicies = declareTrafficPolicies(graph, inputs.trafficPolicies, lastValidPolicies, selectable);
  const { outlierDetection } = trafficPolicies;
  const failovers = declareFailovers(graph, inputs.failovers, lastValidFailovers, { destinations, meshes, outlierDetection });
  const resilience = declareResilience(graph, inputs, failovers, trafficPolicies);
  const ruleScope = declareRuleScope(graph, failovers, resilience.rules);
  const context = { destinations, failovers, policies: trafficPolicies, resilience };
  const clusters = declareClusters(graph, context);
  const routes = declareRoutes(graph, clusters, context);
  const visibility = declareVisibility(graph, meshes, clusters, routes, context);
  const ejection = declareEjectionFindings(graph, inputs.trafficPolicies, trafficPolicies, failovers, clusters);
  return { inputs, meshes, destinations, trafficPolicies, failovers, resilience, ruleScope, clusters, routes, visibility, ejection };
}
