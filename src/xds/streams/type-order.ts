/**
 * The order of types on an aggregated stream: clusters, their load assignments, listeners, routes, virtual hosts; removals in the opposite
 * order. Computes the limits of one subscription from the progress of the others and from what the client holds.
 * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations
 */
import { NO_NAMES } from '../resources/coverage.js';
import {
  CLUSTER,
  CLUSTER_LOAD_ASSIGNMENT,
  LISTENER,
  ROUTE_CONFIGURATION,
  SCOPED_ROUTE_CONFIGURATION,
  USERS_OF_CLUSTERS,
  VIRTUAL_HOST,
} from '../protocol/type-urls.js';
import type { Limits } from '../batches/batch.js';
import { type Holding, heldVersion, mayHold } from '../holdings/holding.js';
import { NOTHING_NEEDED, type Needed, allNeeded } from '../holdings/standing.js';
import { holdingOf } from '../holdings/subscription-state.js';
import { type Subscription, UNLIMITED } from '../subscriptions/subscription.js';

/** The subscriptions of one stream, by type. */
export type Subscriptions = ReadonlyMap<string, Subscription>;

/** Load assignments that the client is expected to subscribe to, because it was sent clusters that need them. */
export interface Warming {
  readonly names: ReadonlySet<string>;
  /** One less than the sequence number at which the clusters were sent. Infinity: none. */
  readonly from: number;
}

export const NOTHING_WARMING: Warming = { names: new Set(), from: Infinity };

/** `expired`: the subscription has waited too long and no longer waits for answers. What the client holds still counts. */
export function limitsOf(subscription: Subscription, all: Subscriptions, warming: Warming, expired: boolean): Limits {
  const { typeUrl } = subscription;
  const numbers = expired ? UNLIMITED : numbersOf(typeUrl, all, warming);
  if (typeUrl === CLUSTER) return { ...UNLIMITED, ...numbers, needed: neededClusters(all, subscription) };
  if (typeUrl === CLUSTER_LOAD_ASSIGNMENT)
    return { ...UNLIMITED, ...numbers, ...endpointRemovals(all, numbers.removals) };
  if (!USERS_OF_CLUSTERS.includes(typeUrl)) return UNLIMITED;
  const missing = missingClusters(all);
  return { ...UNLIMITED, ...numbers, missing: expired ? new Set([...missing, ...unsentClusters(all)]) : missing };
}

/** All types share sequence numbers. */
function numbersOf(typeUrl: string, all: Subscriptions, warming: Warming): Pick<Limits, 'changes' | 'removals'> {
  switch (typeUrl) {
    case CLUSTER:
      return { changes: Infinity, removals: answeredUpTo(all, USERS_OF_CLUSTERS) };
    case CLUSTER_LOAD_ASSIGNMENT:
      return { changes: endpointChanges(all), removals: answeredUpTo(all, [CLUSTER]) };
    case LISTENER: {
      const limit = clustersAnswered(all, warming);
      return { changes: limit, removals: limit };
    }
    case SCOPED_ROUTE_CONFIGURATION:
    case ROUTE_CONFIGURATION:
      return {
        changes: Math.min(clustersAnswered(all, warming), sentUpTo(all, LISTENER)),
        removals: heldUpTo(all, LISTENER),
      };
    case VIRTUAL_HOST:
      return {
        changes: Math.min(clustersAnswered(all, warming), sentUpTo(all, ROUTE_CONFIGURATION)),
        removals: heldUpTo(all, ROUTE_CONFIGURATION),
      };
    default:
      return { changes: Infinity, removals: Infinity };
  }
}

/**
 * Load assignments follow the clusters that were sent. Envoy acknowledges clusters only when it has the load assignments of all of its clusters,
 * so those that it lacks do not wait for later changes of clusters, which wait for this acknowledgement.
 */
function endpointChanges(all: Subscriptions): number {
  const limit = sentUpTo(all, CLUSTER);
  const isUnanswered = limit < Infinity && all.get(CLUSTER)?.inFlight !== undefined;
  const endpoints = all.get(CLUSTER_LOAD_ASSIGNMENT);
  return isUnanswered && endpoints !== undefined && owesAny(endpoints) ? Infinity : limit;
}

/** Whether the client may wait for a name. Names that are neither exceptions nor changed it holds, or they do not exist. */
function owesAny(subscription: Subscription): boolean {
  const { standing, interest, collection } = subscription;
  if (standing.seq < 0) return true;
  const owes = (name: string, holding: Holding): boolean => interest.covers(name) && heldVersion(holding) === undefined;
  for (const name of subscription.unanswered()) if (interest.covers(name)) return true;
  for (const [name, { holding }] of standing.exceptions) if (owes(name, holding)) return true;
  for (const entry of collection.since(standing.seq))
    if (owes(entry.name, holdingOf(subscription, entry.name, entry))) return true;
  return false;
}

/** Listeners and routes follow when the client holds the clusters and load assignments. */
function clustersAnswered(all: Subscriptions, warming: Warming): number {
  return Math.min(answeredUpTo(all, [CLUSTER, CLUSTER_LOAD_ASSIGNMENT]), warming.from);
}

function sentUpTo(all: Subscriptions, typeUrl: string): number {
  return all.get(typeUrl)?.sentUpTo ?? Infinity;
}

function answeredUpTo(all: Subscriptions, typeUrls: readonly string[]): number {
  return typeUrls.reduce((limit, typeUrl) => Math.min(limit, all.get(typeUrl)?.answeredUpTo ?? Infinity), Infinity);
}

/** All changes up to this sequence number were answered, and the client holds them. */
function heldUpTo(all: Subscriptions, typeUrl: string): number {
  const subscription = all.get(typeUrl);
  return Math.min(subscription?.answeredUpTo ?? Infinity, subscription?.standing.summary.from ?? Infinity);
}

/** Limit of removed clusters that are kept for a client that rejects its routes for ever. */
const MAX_PENDING_REMOVALS = 1024;

/** Clusters that the client may still use, because it has not accepted the listeners and routes without them. */
function neededClusters(all: Subscriptions, clusters: Subscription): Needed {
  if (clusters.standing.exceptions.size > MAX_PENDING_REMOVALS) return NOTHING_NEEDED;
  const held = USERS_OF_CLUSTERS.map((typeUrl) => all.get(typeUrl)?.standing.summary.clusters ?? NOTHING_NEEDED);
  return allNeeded([clusters.view.needed, ...held]);
}

/** Load assignments stay as long as the client holds clusters that need them. */
function endpointRemovals(all: Subscriptions, limit: number): Pick<Limits, 'removals' | 'needed'> {
  const summary = all.get(CLUSTER)?.standing.summary;
  return { removals: Math.min(limit, summary?.removalFrom ?? Infinity), needed: summary?.endpoints ?? NOTHING_NEEDED };
}

/** Clusters that were not sent to the client: resources that refer to them are not sent either, however long it takes. */
function unsentClusters(all: Subscriptions): ReadonlySet<string> {
  const clusters = all.get(CLUSTER);
  if (clusters === undefined) return NO_NAMES;
  const { collection, inFlight, interest, sentUpTo: sent } = clusters;
  const unsent = new Set<string>();
  for (const entry of collection.since(sent === Infinity ? collection.seq : sent))
    if (
      // A gRPC client names clusters only after it has the routes.
      interest.covers(entry.name) &&
      inFlight?.batch.updates.has(entry.name) !== true &&
      !mayHold(holdingOf(clusters, entry.name, entry))
    )
      unsent.add(entry.name);
  return unsent;
}

/** Clusters that the client lacks because it rejected them or was sent no version. */
function missingClusters(all: Subscriptions): ReadonlySet<string> {
  return all.get(CLUSTER)?.standing.summary.missing ?? NO_NAMES;
}
