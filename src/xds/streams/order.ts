/**
 * The order of types on an aggregated stream: clusters, their endpoints, listeners, routes, virtual hosts; and what is
 * removed goes the other way round. Answers how far a subscription may go, from where the others stand.
 * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations
 */
import { firstLeaving } from '../subscriptions/leaving.js';
import { type Limits, type Subscription, UNLIMITED } from '../subscriptions/subscription.js';
import {
  CLUSTER,
  CLUSTER_LOAD_ASSIGNMENT,
  LISTENER,
  ROUTE_CONFIGURATION,
  SCOPED_ROUTE_CONFIGURATION,
  VIRTUAL_HOST,
} from '../protocol/type-urls.js';

/** The subscriptions of one stream, by type. */
export type Subscriptions = ReadonlyMap<string, Subscription>;

/** Endpoints that the client is expected to ask for, as it was sent clusters that need them. */
export interface Warming {
  readonly names: ReadonlySet<string>;
  /** The clusters came with a change after this sequence number; Infinity for none. */
  readonly from: number;
}

export const NOTHING_WARMING: Warming = { names: new Set(), from: Infinity };

/** How far this subscription may go now. Sequence numbers are common to all types. */
export function limitsOf(subscription: Subscription, all: Subscriptions, warming: Warming): Limits {
  switch (subscription.typeUrl) {
    case CLUSTER:
      return { changes: Infinity, removals: acceptedUpTo(all, USERS_OF_CLUSTERS) };
    case CLUSTER_LOAD_ASSIGNMENT:
      return { changes: toldUpTo(all, CLUSTER), removals: all.get(CLUSTER)?.removedUpTo ?? Infinity };
    case LISTENER:
      return both(clustersAnswered(all, warming));
    case SCOPED_ROUTE_CONFIGURATION:
    case ROUTE_CONFIGURATION:
      return {
        changes: Math.min(clustersAnswered(all, warming), toldUpTo(all, LISTENER)),
        removals: acceptedUpTo(all, [LISTENER]),
      };
    case VIRTUAL_HOST:
      return {
        changes: Math.min(clustersAnswered(all, warming), toldUpTo(all, ROUTE_CONFIGURATION)),
        removals: acceptedUpTo(all, [ROUTE_CONFIGURATION]),
      };
    default:
      return UNLIMITED;
  }
}

/**
 * How far it may go when it has waited for long enough: an answer is not waited for any more. But a cluster stays while the
 * client refuses what would do without it, and so do its endpoints.
 */
export function limitsAfterDeadline(subscription: Subscription, all: Subscriptions): Limits {
  switch (subscription.typeUrl) {
    case CLUSTER: {
      if (subscription.leaving.length > MAX_LEAVING) return UNLIMITED;
      const refused = USERS_OF_CLUSTERS.map((typeUrl) => all.get(typeUrl)?.refusedFrom ?? Infinity);
      return { changes: Infinity, removals: Math.min(...refused) };
    }
    case CLUSTER_LOAD_ASSIGNMENT:
      return { changes: Infinity, removals: firstLeaving(all.get(CLUSTER)?.leaving ?? []) - 1 };
    default:
      return UNLIMITED;
  }
}

/** A client that refuses its routes for ever keeps no more removed clusters than this. */
const MAX_LEAVING = 1024;

const USERS_OF_CLUSTERS = [LISTENER, SCOPED_ROUTE_CONFIGURATION, ROUTE_CONFIGURATION, VIRTUAL_HOST] as const;

function both(limit: number): Limits {
  return { changes: limit, removals: limit };
}

/** Listeners and routes follow when the client has clusters and endpoints. */
function clustersAnswered(all: Subscriptions, warming: Warming): number {
  return Math.min(
    all.get(CLUSTER)?.answeredUpTo ?? Infinity,
    all.get(CLUSTER_LOAD_ASSIGNMENT)?.answeredUpTo ?? Infinity,
    warming.from,
  );
}

function toldUpTo(all: Subscriptions, typeUrl: string): number {
  return all.get(typeUrl)?.toldUpTo ?? Infinity;
}

function acceptedUpTo(all: Subscriptions, typeUrls: readonly string[]): number {
  return typeUrls.reduce((limit, typeUrl) => Math.min(limit, all.get(typeUrl)?.acceptedUpTo ?? Infinity), Infinity);
}
