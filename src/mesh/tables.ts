/** The model: from resources as inputs to what each client is offered, as one graph of tables. */
import type { Resource } from '../api/resource.js';
import type {
  DestinationSpec,
  EndpointSlice,
  FailoverPolicySpec,
  MeshSpec,
  NodeSpec,
  OutlierDetectionPolicySpec,
  PodSpec,
  RetryTimeoutPolicySpec,
  ServiceSpec,
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
import { type FailoverClusterTables, declareFailoverClusters } from './failover-clusters.js';
import { type FailoverWarningTable, declareFailoverWarnings } from './failover-warnings.js';
import { type FailoverTables, declareFailovers } from './failovers.js';
import { type ConnectAttemptsTable, declareConnectAttempts } from './connect-attempts.js';
import { type MeshTables, declareMeshes } from './meshes.js';
import { type PortFindingsTable, declarePortFindings } from './port-findings.js';
import { declareOutlierDetectionPolicies, withOutlierDetectionPolicies } from './outlier-detection-policies.js';
import { declarePolicyContext } from './policy-targets.js';
import { type ResilienceTables, declareResilience } from './resilience.js';
import { type RouteTables, declareRoutes } from './routes.js';
import { type TargetTable, declareTargets } from './targets.js';
import { type TrafficPolicyTables, declareTrafficPolicies } from './traffic-policies.js';
import { type VisibilityTables, declareVisibility } from './visibility.js';

/**
 * The resources to act on, as decoded. Keys are `objectKey`, but `resourceKey` where a table holds several kinds, and `kubeKey` for what
 * every cluster has.
 */
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
  readonly services: Input<Resource<ServiceSpec>>;
  readonly endpointSlices: Input<Resource<EndpointSlice>>;
  readonly nodes: Input<Resource<NodeSpec>>;
  readonly pods: Input<Resource<PodSpec>>;
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
  readonly failoverWarnings: FailoverWarningTable;
  readonly routes: RouteTables;
  readonly visibility: VisibilityTables;
  readonly failoverClusters: FailoverClusterTables;
  readonly targets: TargetTable;
  readonly connectAttempts: ConnectAttemptsTable;
  readonly portFindings: PortFindingsTable;
  readonly ejection: EjectionTables;
  /** What was valid last, kind by kind: inputs too, which the model itself writes. */
  readonly history: readonly Input<Resource<unknown>>[];
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
    nodes: graph.input('Node'),
    pods: graph.input('Pod'),
  };
  const lastValidPolicies = graph.input<Resource<TrafficPolicySpec>>('last valid TrafficPolicy');
  const lastValidFailovers = graph.input<FailoverResource>('last valid FailoverService, VirtualDestination');

  const meshes = declareMeshes(graph, inputs.meshes, inputs.virtualMeshes);
  const destinations = declareDestinations(graph, inputs, meshes);
  const policyContext = declarePolicyContext(graph, inputs);
  const detection = declareOutlierDetectionPolicies(graph, inputs.outlierDetectionPolicies, policyContext, destinations);
  const selectable = { destinations, failovers: inputs.failovers, virtualDestinations: policyContext.virtualDestinations };
  const trafficPolicies = withOutlierDetectionPolicies(
    graph,
    declareTrafficPolicies(graph, inputs.trafficPolicies, lastValidPolicies, selectable),
    detection,
  );
  const { outlierDetection } = trafficPolicies;
  const failovers = declareFailovers(graph, inputs.failovers, lastValidFailovers, {
    ...{ destinations, meshes, outlierDetection },
    outlierDetectionPolicies: detection.policies.onFailover,
  });
  const resilience = declareResilience(graph, inputs, failovers, trafficPolicies, { context: policyContext, detection });
  const ruleScope = declareRuleScope(graph, failovers, resilience.rules);
  const context = { destinations, failovers, policies: trafficPolicies, resilience };
  const clusters = declareClusters(graph, context);
  const routes = declareRoutes(graph, clusters, context);
  const failoverWarnings = declareFailoverWarnings(graph, failovers, clusters, routes, inputs.trafficPolicies);
  const visibility = declareVisibility(graph, meshes, clusters, routes, context);
  const failoverClusters = declareFailoverClusters(graph, clusters, visibility);
  const targets = declareTargets(graph, meshes, context);
  const connectAttempts = declareConnectAttempts(graph, clusters, destinations);
  const portFindings = declarePortFindings(graph, { destinations, failovers, meshes });
  const { failoverPolicies, outlierDetectionPolicies, retryTimeoutPolicies } = resilience;
  const ejection = declareEjectionFindings(graph, inputs, { trafficPolicies, outlierDetectionPolicies }, failovers, clusters);
  const policies = [failoverPolicies, outlierDetectionPolicies, retryTimeoutPolicies].map(({ lastValid }) => lastValid);
  const history = [lastValidPolicies, lastValidFailovers, ...policies];
  return {
    ...{ inputs, meshes, destinations, trafficPolicies, failovers, resilience, ruleScope, clusters, failoverWarnings, routes, visibility },
    ...{ failoverClusters, targets, connectAttempts, portFindings, ejection, history },
  };
}
