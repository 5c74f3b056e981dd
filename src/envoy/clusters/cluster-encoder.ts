/**
 * Encodes clusters. Most of thousands of clusters differ in their names only, so the rest is encoded once. Must not know the fields of a
 * cluster.
 */
import type { UpstreamCluster } from '../../mesh/clusters/upstream-cluster.js';
import protobuf from 'protobufjs/minimal.js';
import { type ClusterContent, toCluster } from './cluster.js';
import { type GuardedBytes, encodeGuarded } from '../rows/guarded.js';

export type EncodeCluster = (cluster: UpstreamCluster, content: ClusterContent) => GuardedBytes;

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
/** Size of the cache. If every cluster has settings of its own, a larger cache does not help. */
const MAX_KNOWN = 256;
/** The name is field 1 of a Cluster, so its bytes come first. */
const NAME_TAG = (1 << 3) | 2;

/** Gives the same bytes as `encodeMessage` of `toCluster`. */
export function clusterEncoder(): EncodeCluster {
  const known = new Map<string, GuardedBytes>();
  return (cluster, content) => {
    if (cluster.type !== 'EDS') return encodeGuarded(CLUSTER, toCluster(cluster, content));
    const { http2, outlierDetection, tls, connections } = cluster;
    const key = JSON.stringify([content.weighted, content.userTimeoutMs, http2, outlierDetection, tls, connections]);
    const rest = known.get(key) ?? encodeRest(cluster, content);
    if (!known.has(key) && known.size >= MAX_KNOWN) known.clear();
    known.set(key, rest);
    const bytes = protobuf.Writer.create().uint32(NAME_TAG).string(cluster.name).raw(rest.bytes).finish();
    return rest.rejection === undefined ? { bytes } : { bytes, rejection: rest.rejection };
  };
}

/** Without the name, but checked with it. Whether Envoy accepts a cluster does not depend on its name. */
function encodeRest(cluster: UpstreamCluster, content: ClusterContent): GuardedBytes {
  const { rejection } = encodeGuarded(CLUSTER, toCluster(cluster, content));
  const { bytes } = encodeGuarded(CLUSTER, toCluster({ ...cluster, name: '' }, content));
  return rejection === undefined ? { bytes } : { bytes, rejection };
}
