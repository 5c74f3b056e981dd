/** The control plane as one object: batches of documents go in, an xDS server streams what follows from them. */
import { clientScope, meshOf } from './clients/client-scope.js';
import type { ResourceKey } from '../api/resource.js';
import { type Graph, type GraphOptions, SINGLE } from '../graph/index.js';
import { rankingScope } from '../mesh/clusters/client-scope.js';
import type { MeshModel } from '../mesh/tables.js';
import type { ResourceBatch } from '../source/table.js';
import { refusalsByResource } from '../status/refusals.js';
import { type LoadReporting, type XdsNode, XdsServer, type XdsServerOptions } from '../xds/index.js';
import type { ControlPlaneApi, ExplainQuery, ExplainResult, Unexplained } from './api/api.js';
import { createCore } from './inputs/core.js';
import type { ShrinkageCounts } from './inputs/endpoint-shrinkage.js';
import { explainFor } from './explain/explain.js';
import type { FindingChanges } from './reports/finding-ledger.js';
import { type FailoverLoad, type LoadReportOptions, failoverLoads } from './reports/failover-loads.js';
import { ResourceStatuses } from './reports/resource-statuses.js';
import { LoadInterest } from './reports/load-interest.js';
import { toClient } from './clients/client.js';
import { hostnameAddressesOf, servedHostnames } from './explain/hostnames.js';
import { NodeChecks } from './clients/node-checks.js';
import { createProvider } from './views/provider.js';
import { type ProxyContext, toProxies } from './snapshots/proxies.js';
import { toRefused } from './reports/refused.js';
import { toNode } from './snapshots/snapshot.js';
import { snapshots } from './snapshots/snapshots.js';
import { warmUp } from './warm-up.js';
import { WithheldMessages, withheldError } from './views/withheld.js';
import type { ClusterKey } from '../mesh/model/cluster-key.js';
import { rankingKey, tiersKey } from '../mesh/clusters/ranking-key.js';

export interface ControlPlaneOptions {
  /**
   * Told of rows that could not be computed, and of messages that are not sent because Envoy would refuse them: bugs. What was there before
   * stays. Default: an error of a row is thrown, and nothing is said of a message.
   */
  readonly onRowError?: GraphOptions['onError'];
  /** Settings of the xDS server; the provider is the control plane's own. */
  readonly xds?: Omit<XdsServerOptions, 'provider' | 'ready' | 'loadReports'>;
  /** What Envoys report of their requests to failover destinations. Default: they are not asked. */
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
  /** Default: false. */
  readonly partial?: boolean;
}

export interface ControlPlane extends ControlPlaneApi {
  readonly xds: XdsServer;
  /**
   * Takes in a batch as one transaction: everything that follows from it is sent together. The first load is complete with it,
   * unless `partial` says that more is to come before any Envoy is served. Gives the number of collections that changed: a type
   * of resources as clients that see the same share it.
   */
  apply(batch: ResourceBatch, options?: ApplyOptions): number;
  /** The first load is complete: Envoys are served from now on. Does nothing the second time. */
  completeLoad(): void;
  /** Whether a first complete load has been taken in; before, no Envoy is served. */
  ready(): boolean;
  /** Prepares for clients that come all at once: runs the code that serves them, so that V8 has compiled it by then. */
  warmUp(): void;
  /** Counts resources and findings while nothing else is to be done, so that `counts` is quick. */
  startCounting(): void;
  /** What each connected Envoy last reported of each failover destination that it sees. */
  failoverLoads(): readonly FailoverLoad[];
  /** What is found about everything that changed since the last call; its cost is that of the changes. */
  takeFindingChanges(): FindingChanges;
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
    refusalsByResource(graph, model, toRefused(core, xds.refused(), xds.clients(), withheld.all())),
  );
  const { findings } = statuses;
  const changed = new Set<unknown>();
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
    provider: createProvider(graph, model, envoy, { withheld, onChange: (collection) => changed.add(collection) }),
    ready: () => ready,
    ...(loadReports && loadReports.intervalMs > 0 && { loadReports: loadReporting(interest, loadReports) }),
  });
  reassignWhenViewsChange(graph, model, xds);
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
      changed.clear();
      let touched: ReadonlySet<ResourceKey> = new Set();
      xds.transaction(() => {
        touched = core.take(batch);
      });
      scheduleExpiry();
      checks.changed();
      findings.update(touched, batch.findings);
      if (!partial) completeLoad();
      return changed.size;
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
    startCounting: () => statuses.startCounting(),
    counts: () => statuses.counts(),
    resources: (query = {}) => statuses.list(query),
    proxies: ({ id } = {}) => toProxies(xds.clients(), nodes, id),
    ...snapshots(core, xds, nodes),
    explain: (query) => withNodeFindings(explainFor(graph, model, query), query, nodes),
    hostnames: () => servedHostnames(core),
    hostnameAddresses: (query = {}) => hostnameAddressesOf(core, query),
  };
}

/** Labels and a cluster that nothing has, beside what is strange about the answer, the locality included. Many explain without a cluster. */
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

/** How many tiers the client has in a cluster. */
function tierCounter(graph: Graph, model: MeshModel, node: XdsNode): (cluster: ClusterKey) => number {
  const client = rankingScope(clientScope(graph, model).rules, toClient(node));
  const { rankings, tiers } = model.clusters;
  return (cluster) =>
    graph.read(tiers, tiersKey(cluster, graph.read(rankings, rankingKey(cluster, client)) ?? ''))?.tiers.length ?? 0;
}

/** Which mesh a client is in follows from the Mesh resources, and what its views depend on from the rules, so they may change with them. */
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
