/** The clusters that Envoys get, as rows of the model. */
import type { SubsetLabels } from '../discovery/services/subset.js';
import type { Backing, OutlierDetection } from '../model/model.js';
import type { ConnectionSettings } from '../policies/upstreams/connection-settings.js';
import type { UpstreamTls } from '../policies/upstreams/upstream-tls.js';
import type { OrderRule } from '../preference/order-rule.js';

/** Settings that Envoy has per cluster. Services can share a cluster only if these are equal. */
export interface ClusterSettings {
  readonly http2: boolean;
  /** Absent if not configured. Then no endpoint is ejected. */
  readonly outlierDetection?: OutlierDetection;
  /** Absent for plain text. */
  readonly tls?: UpstreamTls;
  /** Absent if no policy configures connections. */
  readonly connections?: ConnectionSettings;
}

export type UpstreamCluster = EdsCluster | DnsCluster | AggregateCluster;

/** The backends of a cluster, and their order. */
interface Ordered {
  readonly name: string;
  /** Lists in order of preference. */
  readonly backings: readonly (readonly Backing[])[];
  /** The order inside each list. */
  readonly rule: OrderRule;
  /** The labels of the endpoints in the subset. Absent for all endpoints. */
  readonly subset?: SubsetLabels;
}

/** For a member of an aggregate whose order depends on the client: the number of the member's run, counted from 1. */
interface MemberRun {
  readonly run?: number;
}

/** A cluster with endpoints from EDS. The load assignment has the name of the cluster. */
export interface EdsCluster extends ClusterSettings, Ordered, MemberRun {
  readonly type: 'EDS';
}

/** A cluster in which some endpoints are DNS names. EDS does not support DNS names, so the endpoints are part of the cluster. */
export interface DnsCluster extends ClusterSettings, Ordered, MemberRun {
  readonly type: 'STRICT_DNS';
}

/**
 * A cluster of services with different settings. Each member contains services with equal settings. The members belong to the failover
 * destination, so its configuration applies to them.
 */
export interface AggregateCluster extends Ordered {
  readonly type: 'AGGREGATE';
  /** In the listed order if `listed`. Otherwise, the ranking of the client determines the order. */
  readonly members: readonly AggregateMember[];
  /** Whether each member is one list. Then all clients have the members in the same order. */
  readonly listed: boolean;
}

/** Services of a failover destination that can share a cluster. */
export interface AggregateMember {
  /** Key of its first destination. It is part of the names of its clusters. */
  readonly id: string;
  readonly type: 'EDS' | 'STRICT_DNS';
  readonly settings: ClusterSettings;
  /** The lists of the aggregate, with the services of this member only. */
  readonly backings: readonly (readonly Backing[])[];
}

/** A cluster that has endpoints itself. */
export type EndpointCluster = Exclude<UpstreamCluster, { type: 'AGGREGATE' }>;
