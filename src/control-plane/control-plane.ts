/** The control plane as one object: it takes batches of documents, and its xDS server streams the resulting resources. */
import { clientScope, meshOf } from './clients/client-scope.js';
import type { ResourceKey } from '../api/resource.js';
import { type Graph, type GraphOptions, SINGLE } from '../graph/index.js';
import { rankingScope } from '../mesh/clusters/client-scope.js';
import type { MeshModel } from '../mesh/tables.js';
import type { ResourceBatch } from '../source/contents/table.js';
import { rejectionsByResource } from '../status/rejections.js';
import { type LoadReporting, type XdsNode, XdsServer, type XdsServerOptions } from '../xds/index.js';
import type { ControlPlaneApi, ExplainQuery, ExplainResult, ResourceReport, Unexplained } from './api/api.js';
import { createCore } from './inputs/core.js';
import type { ShrinkageCounts } from './inputs/endpoint-shrinkage.js';
import { explainFor } from './explain/explain.js';
import type { FindingChanges } from './reports/finding-ledger.js';
import { type FailoverLoad, type LoadReportOptions, failoverLoads } from './reports/failover-loads.js';
import { ProgrammedProxies } from './reports/programmed.js';
import { ResourceStatuses } from './reports/resource-statuses.js';
import { LoadInterest } from './reports/load-interest.js';
import { toClient } from './clients/client.js';
import { hostnameAddressesOf, servedHostnames } from './explain/hostnames.js';
import { NodeChecks } from './clients/node-checks.js';
import { createProvider } from './views/provider.js';
import { type ProxyContext, findingsOfProxies, toProxies } from './snapshots/proxies.js';
import { toRejected } from './reports/rejected.js';
import { toNode } from './snapshots/snapshot.js';
import { ofOneMoment } from '../turns/of-one-moment.js';
import { runToEnd } from '../turns/run-to-end.js';
import { snapshots } from './snapshots/snapshots.js';
import { warmUp } from './warm-up.js';
import { WithheldMessages, withheldError } from './views/withheld.js';
import type { ClusterKey } from '../mesh/model/cluster-key.js';
import { rankingKey, tiersKey } from '../mesh/clusters/ranking-key.js';

export interface ControlPlaneOptions {
  /**
   * Receives errors of rows that could not be computed, and messages that are not sent because Envoy would reject them. Both are bugs, and
   * the earlier version stays. Default: an error of a row is thrown; withheld messages are not reported.
   */
  readonly onRowError?: GraphOptions['onError'];
  /** Settings of the xDS server. The control plane sets the provider. */
  readonly xds?: Omit<XdsServerOptions, 'provider' | 'ready' | 'loadReports'>;
  /** Load reports of Envoys about failover destinations. Default: none are requested. */
  readonly loadReports?: LoadReportOptions;
  /**
   * Milliseconds that endpoints stay in force when a service suddenly loses more than half of them, by its EndpointSlices or its
   * Endpoints object. Default: 0.
   */
  readonly shrinkGraceMs?: number;
  /** Called when endpoints that stayed were removed at the end of their time. Default: nothing happens. */
  readonly onExpired?: () => void;
  /** Called once, when the first complete load has been taken in and before any Envoy is served. Default: nothing happens. */
  readonly onFirstLoad?: () => void;
}

/** The longest delay of a timer of Node.js, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface ApplyOptions {
  /** Whether more batches of the first load follow. Default: false. */
  readonly partial?: boolean;
}

export interface ControlPlane extends ControlPlaneApi {
  readonly xds: XdsServer;
  /**
   * Applies a batch as one transaction: all resulting changes are sent together. Completes the first load, unless `partial` is set. Returns
   * the number of collections that changed. A collection is the resources of one type that clients with the same view share.
   */
  apply(batch: ResourceBatch, options?: ApplyOptions): number;
  /** Completes the first load: from now on, Envoys are served. Later calls do nothing. */
  completeLoad(): void;
  /** Whether the first load is complete. Until then, no Envoy is served. */
  ready(): boolean;
  /** Runs the code that serves clients, so that V8 has compiled it before many clients connect at once. */
  warmUp(): void;
  /** The last report of each connected Envoy about each failover destination that it sees. */
  failoverLoads(): readonly FailoverLoad[];
  /** The findings about all resources that changed since the last call. The cost depends on the changes only. */
  takeFindingChanges(): FindingChanges;
  /** Computes the findings about new resources in steps, so that a later call of `takeFindingChanges` has little to do. */
  findingsInSteps(): Generator<void>;
  /** The reports about the resources of files that `isAsked` is true of, in short steps. */
  reportsInSteps(isAsked: (file: string) => boolean): Generator<void, readonly ResourceReport[]>;
  /** The endpoints that stay although their resources lost them. */
  shrinkage(): ShrinkageCounts;
  /** How many rows of each table were computed so far. */
  computed(): ReadonlyMap<string, number>;
}

export function createControlPlane(options: ControlPlaneOptions = {}): ControlPlane {
  const { onRowError, xds: xdsOptions, loadReports, onFirstLoad, shrinkGraceMs = 0, onExpired } = options;
  const core = createCore({ shrinkGraceMs, ...(onRowError && { onError: onRowError }) });
  const { graph, model, envoy } = core;
  let ready = false;
  const statuses = new ResourceStatuses(core, () =>
    rejectionsByResource(graph, model, toRejected(core, xds.rejected(), xds.clients(), withheld.all())),
  );
  const { findings } = statuses;
  /** The collections that the batch which is taken in has changed; nothing between two batches, when collections come and go with clients. */
  let changed: Set<unknown> | undefined;
  const completeLoad = (): void => {
    if (ready) return;
    onFirstLoad?.();
    ready = true;
    xds.readinessChanged();
  };
  const withheld = new WithheldMessages((row, message) => onRowError?.(row.table, row.key, withheldError(message)));
  const interest = new LoadInterest(graph, model, () => xds.loadReportingChanged());
  const checks = new NodeChecks(graph, model);
  const nodes: ProxyContext = {
    meshOf: (client) => meshOf(graph, model, client),
    findingsOf: (node) => checks.findings(node),
  };
  const xds = new XdsServer({
    ...xdsOptions,
    provider: createProvider(graph, model, envoy, { withheld, onChange: (collection) => changed?.add(collection) }),
    ready: () => ready,
    ...(loadReports && loadReports.intervalMs > 0 && { loadReports: loadReporting(interest, loadReports) }),
  });
  reassignWhenViewsChange(graph, model, xds);
  const asked = snapshots(core, xds, nodes);
  const moment = (): number => graph.commits;
  let alarm: NodeJS.Timeout | undefined;
  const scheduleExpiry = (): void => {
    clearTimeout(alarm);
    const wait = core.nextExpiry();
    if (wait === undefined) return;
    alarm = setTimeout(
      () => {
        xds.transaction(() => {
          core.expire();
        });
        checks.changed();
        scheduleExpiry();
        onExpired?.();
      },
      Math.min(wait, LONGEST_TIMER),
    ).unref();
  };
  return {
    xds,
    apply: (batch, { partial = false } = {}) => {
      const collections = new Set<unknown>();
      changed = collections;
      let touched: ReadonlySet<ResourceKey> = new Set();
      try {
        xds.transaction(() => {
          touched = core.take(batch);
        });
      } finally {
        changed = undefined;
      }
      scheduleExpiry();
      checks.changed();
      findings.update(touched, batch.findings);
      if (!partial) completeLoad();
      return collections.size;
    },
    completeLoad,
    ready: () => ready,
    warmUp: () => warmUp(graph, model, envoy),
    failoverLoads: () =>
      xds.loads().flatMap((load) => {
        const offered = graph.read(model.failoverClusters.offered, interest.offerTo(load.node)) ?? [];
        return failoverLoads(load, offered, tierCounter(graph, model, load.node));
      }),
    shrinkage: () => core.shrinkage.counts(),
    computed: () => graph.computed(),
    findings: () => findings.all(),
    takeFindingChanges: () => findings.takeChanges(),
    findingsInSteps: () => findings.inSteps(),
    reportsInSteps: (isAsked) =>
      statuses.reports(isAsked, new ProgrammedProxies(graph, model, xds.clients(), Date.now())),
    counts: () => statuses.counts(),
    countsInSteps: () => statuses.countsInSteps(),
    resources: (query = {}) => runToEnd(statuses.list(query)),
    resourcesInSteps: (query = {}) => ofOneMoment(moment, () => statuses.list(query)),
    proxies: ({ id } = {}) => toProxies(xds.clients(), nodes, id),
    proxyFindings: () => findingsOfProxies(xds.connected(), nodes.findingsOf),
    snapshot: (query) => runToEnd(asked.snapshotInSteps(query)),
    snapshotInSteps: (query) => ofOneMoment(moment, () => asked.snapshotInSteps(query)),
    proxySnapshot: (id) => runToEnd(asked.proxySnapshotInSteps(id)),
    proxySnapshotInSteps: (id) => ofOneMoment(moment, () => asked.proxySnapshotInSteps(id)),
    heldSnapshot: asked.heldSnapshot,
    explain: (query) => withNodeFindings(explainFor(graph, model, query), query, nodes),
    hostnames: () => servedHostnames(core),
    hostnameAddresses: (query = {}) => hostnameAddressesOf(core, query),
  };
}

/** Adds findings about labels and a cluster that nothing uses. Requests without a cluster are common, so they get no finding about it. */
function withNodeFindings(
  result: ExplainResult | Unexplained,
  query: ExplainQuery,
  nodes: ProxyContext,
): ExplainResult | Unexplained {
  if ('error' in result) return result;
  const codes = query.cluster === undefined ? ['NodeLabelNotAsked'] : ['NodeLabelNotAsked', 'NodeClusterNotFound'];
  const found = nodes.findingsOf(toNode({ ...query, nodeId: 'explain' })).filter(({ code }) => codes.includes(code));
  return found.length === 0
    ? result
    : { ...result, findings: [...result.findings, ...found.map(({ message }) => message)] };
}

function loadReporting(interest: LoadInterest, { intervalMs, reported }: LoadReportOptions): LoadReporting {
  return {
    clustersOf: (node) => interest.clustersOf(node),
    intervalMs,
    ...(reported && { reported }),
    ended: (node) => interest.release(node),
  };
}

/** Returns the number of tiers that the client has in a cluster. */
function tierCounter(graph: Graph, model: MeshModel, node: XdsNode): (cluster: ClusterKey) => number {
  const client = rankingScope(clientScope(graph, model).rules, toClient(node));
  const { rankings, tiers } = model.clusters;
  return (cluster) =>
    graph.read(tiers, tiersKey(cluster, graph.read(rankings, rankingKey(cluster, client)) ?? ''))?.tiers.length ?? 0;
}

/** The Mesh of a client depends on Mesh resources, and its views depend on the rules, so both may change with the resources. */
function reassignWhenViewsChange(graph: Graph, model: MeshModel, xds: XdsServer): void {
  const reassign = (): void => {
    xds.reassign();
  };
  graph.watch(model.meshes.meshes, () => {
    reassign();
    xds.loadReportingChanged();
  });
  graph.observe(model.ruleScope, SINGLE, () => {
    reassign();
    xds.loadReportingChanged();
  });
  graph.observe(model.trafficPolicies.sourceScope, SINGLE, reassign);
}
