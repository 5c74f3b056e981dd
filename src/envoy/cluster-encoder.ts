/**
 * Clusters as bytes. Of thousands most differ by their name only, so what is the same of them is encoded once. It must not
 * know what is in a cluster.
 */
import protobuf from 'protobufjs/minimal.js';
import type { UpstreamCluster } from '../mesh/clusters/clusters.js';
import { encodeMessage } from '../proto/envoy-types.js';
import { type ClusterContent, toCluster } from './cluster.js';

export type EncodeCluster = (cluster: UpstreamCluster, content: ClusterContent) => Uint8Array;

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
/** Sorts of clusters that are remembered. Where each has settings of its own, remembering is no help. */
const MAX_KNOWN = 256;
/** The name is field 1 of a Cluster, and so stands first. */
const NAME_TAG = (1 << 3) | 2;

/** The bytes are those of `encodeMessage` of `toCluster`. */
export function clusterEncoder(): EncodeCluster {
  const known = new Map<string, Uint8Array>();
  return (cluster, content) => {
    if (cluster.type !== 'EDS') return encodeMessage(CLUSTER, toCluster(cluster, content));
    const { http2, outlierDetection, tls, connections } = cluster;
    const key = JSON.stringify([content.weighted, content.userTimeoutMs, http2, outlierDetection, tls, connections]);
    const rest = known.get(key) ?? encodeMessage(CLUSTER, toCluster({ ...cluster, name: '' }, content));
    if (!known.has(key) && known.size >= MAX_KNOWN) known.clear();
    known.set(key, rest);
    return protobuf.Writer.create().uint32(NAME_TAG).string(cluster.name).raw(rest).finish();
  };
}
