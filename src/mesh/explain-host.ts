/** Which cluster the requests of one client for a host go to: the host's own cluster, or the clusters that a TrafficPolicy shifts them to. */
import { type Read, SINGLE } from '../graph/index.js';
import { type Explanation, explain, nameOf } from './explain.js';
import { isHttp } from './model/port-sharing.js';
import type { RouteTarget } from './offers/routes.js';
import {
  type SourceClient,
  type SourceScope,
  sourceScope,
  NO_SOURCES,
  formatSourceScope,
  parseSourceScope,
} from './policies/selection/source-selectors.js';
import type { OrderingClient } from './preference/order.js';
import type { MeshModel } from './tables.js';
import { type ClusterKey, parseCluster, targetOfCluster } from './model/cluster-key.js';
import { routeKey } from './offers/route-key.js';

export interface ExplainedClient extends OrderingClient, SourceClient {}

/** `cluster`: the cluster of the host. Ignores policies with request matchers. */
export function explainHost(read: Read, model: MeshModel, cluster: ClusterKey, client: ExplainedClient): Explanation {
  const sources = sourcesOf(read, model, cluster, client);
  const routes = read(model.routes.routes, routeKey(cluster, sources)) ?? [];
  const targets = (routes.at(-1)?.targets ?? []).filter(({ weight }) => weight > 0);
  const warnings = conditionWarnings(routes.length - 1);
  const [only, ...others] = targets;
  if (only === undefined || (others.length === 0 && only.cluster === cluster)) {
    const own = explain(read, model, cluster, client);
    return { ...own, warnings: [...own.warnings, ...warnings] };
  }
  const policy = shiftingPolicy(read, model, cluster, sources);
  const shifted = targets.map((target) =>
    explainTarget(read, model, target, client, { policy, total: sumOf(targets) }),
  );
  const tiers = shifted.flatMap((explanation) => explanation.tiers);
  return { tiers, warnings: [...shifted.flatMap((explanation) => explanation.warnings), ...warnings] };
}

interface Shift {
  readonly policy: string;
  /** The sum of the weights of all targets. */
  readonly total: number;
}

function explainTarget(
  read: Read,
  model: MeshModel,
  { cluster, weight }: RouteTarget,
  client: ExplainedClient,
  { policy, total }: Shift,
): Explanation {
  const portion = weight / total;
  const percent = String(Math.round(portion * 10_000) / 100);
  const name = targetName(read, model, cluster);
  const { tiers, warnings } = explain(read, model, cluster, client, portion);
  const lost =
    tiers.length === 0 ? [`${percent} % of the requests fail: ${name} has no endpoint for this client.`] : [];
  const rule = `${percent} % shifted to ${name}${policy}`;
  return {
    tiers: tiers.map((tier) => ({ ...tier, rule: `${rule}; ${tier.rule}` })),
    warnings: [...lost, ...warnings.map((text) => `${name}: ${text}`)],
  };
}

function sumOf(targets: readonly RouteTarget[]): number {
  return targets.reduce((sum, { weight }) => sum + weight, 0);
}

/** Routing of connections that are not HTTP does not depend on the client. */
function sourcesOf(read: Read, model: MeshModel, cluster: ClusterKey, client: ExplainedClient): SourceScope {
  if (!speaksHttp(read, model, cluster)) return NO_SOURCES;
  const matching = new Set(
    parseSourceScope(sourceScope(read(model.trafficPolicies.sourceScope, SINGLE) ?? [], client)),
  );
  return formatSourceScope((read(model.routes.sources, cluster) ?? []).filter((text) => matching.has(text)));
}

function speaksHttp(read: Read, { destinations, failovers }: MeshModel, cluster: ClusterKey): boolean {
  const [kind, of, port] = parseCluster(cluster);
  const host = kind === 'failover' ? read(failovers.failovers, of) : read(destinations.destinations, of);
  return host?.ports.some(({ number, protocol }) => number === Number(port) && isHttp(protocol)) === true;
}

/** The policy whose traffic shift applies. A policy for some clients takes precedence over one for all, then the older one. */
function shiftingPolicy(read: Read, { trafficPolicies }: MeshModel, cluster: ClusterKey, sources: SourceScope): string {
  const { accepted = [] } = read(trafficPolicies.onDestination, targetOfCluster(cluster)) ?? {};
  const general = accepted.filter(({ matchers, fields }) => matchers.length === 0 && fields.trafficShift !== undefined);
  const matching = parseSourceScope(sources);
  const policy = general.find((of) => matching.includes(of.sources)) ?? general.find((of) => of.sources === '');
  return policy === undefined ? '' : ` by TrafficPolicy ${policy.policy}`;
}

function targetName(read: Read, { destinations, failovers }: MeshModel, cluster: ClusterKey): string {
  const [kind, of, , subset] = parseCluster(cluster);
  const labels = subset === '' ? '' : ` (${subset})`;
  if (kind === 'failover') {
    const ref = read(failovers.failovers, of)?.ref;
    return ref === undefined ? of : `${ref.kind} ${ref.name}.${ref.namespace}${labels}`;
  }
  const destination = read(destinations.destinations, of);
  return `${destination === undefined ? of : nameOf(destination)}${labels}`;
}

function conditionWarnings(routes: number): readonly string[] {
  if (routes < 1) return [];
  return [
    `${routes === 1 ? 'A route' : `${String(routes)} routes`} with httpRequestMatchers come first: the shares are those of requests that match none of them.`,
  ];
}
