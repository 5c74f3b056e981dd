/** Warnings about valid failover destinations that do not work as their author may expect. */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { Resource } from '../../api/resource.js';
import type { TrafficPolicySpec, TrafficPolicySpec_Policy as Policy } from '../../generated/resources.js';
import type { Graph, KeyedTable, Read } from '../../graph/index.js';
import type { ClusterTables } from '../clusters/clusters.js';
import type { Tiers } from '../clusters/tiers.js';
import type { FailoverTables } from '../failovers/failovers.js';
import { candidateAddresses } from '../failovers/hostname-addresses.js';
import { type FindingsOf, collectFindings } from '../model/finding.js';
import type { FailoverDestination } from '../model/model.js';
import { isHttp } from '../model/port-sharing.js';
import type { RouteTables } from './routes.js';
import type { TrafficPolicyKey } from '../model/object-key.js';
import { type FailoverKey, failoverKey } from '../model/failover-key.js';
import { type ClusterKey, failoverCluster, memberCluster } from '../model/cluster-key.js';
import { ANY_CLIENT } from '../clusters/client-key.js';
import { rankingKey } from '../clusters/ranking-key.js';

export function declareFailoverWarnings(
  graph: Graph,
  { failovers, addresses }: FailoverTables,
  clusters: ClusterTables,
  routes: RouteTables,
  policies: KeyedTable<TrafficPolicyKey, Resource<TrafficPolicySpec>>,
): FindingsOf<FailoverKey> {
  const timedShifts = graph.index('timedShifts', policies, ({ spec }) => timedTargets(spec?.policy ?? {}));
  return (read, key) => {
    const failover = read(failovers, key);
    if (failover === undefined) return [];
    const hangs = unnoticedHangs(read, failover, clusters, routes);
    const isNoticed = hangs.length > 0 && read(timedShifts, key) !== undefined;
    return [
      ...addressFindings(read, failover, clusters),
      ...movedAddress(failover, read(addresses, key)),
      ...(isNoticed ? [] : hangs),
    ];
  };
}

/** The failover destinations that a policy shifts traffic to, if the policy sets a timeout per try. */
function timedTargets({ retries, trafficShift }: Policy): readonly FailoverKey[] {
  if (retries?.perTryTimeout === undefined) return [];
  return (trafficShift?.destinations ?? []).flatMap(({ failoverService, virtualDestination }) => {
    const ref = failoverService ?? virtualDestination;
    if (ref === undefined) return [];
    const kind = failoverService ? 'FailoverService' : 'VirtualDestination';
    return [failoverKey({ kind, namespace: ref.namespace ?? '', name: ref.name ?? '' })];
  });
}

/** Hosts files may still contain the address that Gloo Mesh assigned. */
function movedAddress({ ref }: FailoverDestination, address: string | undefined): readonly Diagnostic[] {
  const [usual = ''] = candidateAddresses(ref);
  if (address === usual) return [];
  const findings = collectFindings(ref);
  const instead =
    address === undefined
      ? 'this one has none, so Envoys with interception pass its TCP connections through'
      : `this one has ${address}, which lifeboat bootstrap --hosts prints`;
  findings.warning(
    'AddressTaken',
    ['metadata', 'name'],
    `Another failover destination has the address ${usual} for intercepted connections; ${instead}.`,
  );
  return findings.all;
}

/**
 * Checks the endpoints as a client without locality and labels sees them, because no mapping removes endpoints for this client. Repeated
 * addresses are reported for the listed order only, because any other order depends on the client.
 */
function addressFindings(
  read: Read,
  { ref, ports }: FailoverDestination,
  clusters: ClusterTables,
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  for (const { number } of ports) {
    const behind = clusterKeys(read, failoverCluster(failoverKey(ref), number), clusters).flatMap(
      (key) => clusters.tiersFor(read, key, ANY_CLIENT) ?? [],
    );
    if (behind.every(({ tiers }) => tiers.length === 0)) {
      findings.warning(
        'NothingReachable',
        ['spec'],
        `No service behind port ${number} has an endpoint, so requests to it fail.`,
      );
    }
    const repeated = behind.flatMap((of) => of.repeated.map(({ address, port }) => `${address}:${port}`));
    if (repeated.length > 0) {
      const message = `On port ${number} several services have the same addresses, which stay only in the first tier that has them: ${[...new Set(repeated)].join(', ')}.`;
      findings.warning('RepeatedEndpoint', ['spec'], message);
    }
    const shared = inSeveral(behind.map((of) => addressesOf(of)));
    if (shared.length > 0) {
      const message = `On port ${number} several services with different settings have the same addresses: ${shared.join(', ')}. They fail together, so one service cannot replace the other.`;
      findings.warning('RepeatedEndpoint', ['spec'], message);
    }
  }
  return findings.all;
}

/** The cluster itself, or the members of an aggregate. */
function clusterKeys(read: Read, key: ClusterKey, { clusters, layouts }: ClusterTables): readonly ClusterKey[] {
  if (read(clusters, key)?.type !== 'AGGREGATE') return [key];
  return (read(layouts, rankingKey(key, ANY_CLIENT)) ?? []).map(({ member, run }) => memberCluster(key, member, run));
}

function addressesOf({ tiers }: Tiers): ReadonlySet<string> {
  return new Set(
    tiers.flatMap((tier) =>
      tier.flatMap(({ endpoints }) => endpoints.map(({ address, port }) => `${address}:${port}`)),
    ),
  );
}

function inSeveral(sets: readonly ReadonlySet<string>[]): readonly string[] {
  if (sets.length < 2) return [];
  const counts = new Map<string, number>();
  for (const of of sets.flatMap((set) => [...set])) counts.set(of, (counts.get(of) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([of]) => of);
}

/** Envoy notices a refused connection at once. If a backend accepts and never responds, only a timeout ends the try. */
function unnoticedHangs(
  read: Read,
  failover: FailoverDestination,
  clusters: ClusterTables,
  { generalRules }: RouteTables,
): readonly Diagnostic[] {
  const findings = collectFindings(failover.ref);
  for (const { number, protocol } of failover.ports) {
    const key = failoverCluster(failoverKey(failover.ref), number);
    if (!isHttp(protocol) || read(clusters.clusters, key) === undefined) continue;
    const rules = generalRules(read, key);
    if (rules.perTryTimeoutMs !== undefined) continue;
    const seconds = (rules.requestTimeoutMs ?? 0) / 1000;
    const cost =
      seconds === 0
        ? 'is not detected: its requests never end'
        : `is ejected only after ${requestsUntilEjection(read, key, clusters)} of ${seconds} s each`;
    const message = `A backend on port ${number} that accepts requests without answering them ${cost}. Set retries.perTryTimeout in a RetryTimeoutPolicy, or in a TrafficPolicy that shifts traffic here.`;
    findings.warning('HangNoticedLate', ['spec'], message);
  }
  return findings.all;
}

function requestsUntilEjection(read: Read, key: ClusterKey, { clusters }: ClusterTables): string {
  const cluster = read(clusters, key);
  const settings = cluster?.type === 'AGGREGATE' ? cluster.members.map((member) => member.settings) : [cluster];
  const errors = Math.max(...settings.map((of) => of?.outlierDetection?.consecutiveErrors ?? 0));
  if (errors === 0) return 'requests';
  return errors === 1 ? 'a request' : `${errors} requests`;
}
