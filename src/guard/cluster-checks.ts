/** The checks of clusters in Envoy's code. */
import { decode, textsOf } from './message-parts.js';
import type { Rejection } from './rejection.js';

const EDS = 3;
const AGGREGATE = 'envoy.clusters.aggregate';

interface DecodedCluster {
  readonly name: string;
  readonly type: number;
  readonly edsClusterConfig?: object;
  readonly clusterType?: { readonly name: string; readonly typedConfig?: { readonly value: Buffer } };
}

/** A cluster of type EDS needs `eds_cluster_config`; an aggregate cluster must not contain itself. */
export function checkCluster(bytes: Buffer): Rejection | undefined {
  const { name, type, edsClusterConfig, clusterType } = decode(
    'envoy.config.cluster.v3.Cluster',
    bytes,
  ) as DecodedCluster;
  if (type === EDS && !edsClusterConfig && !clusterType) return { path: 'edsClusterConfig', problem: 'is missing' };
  if (clusterType?.name !== AGGREGATE) return undefined;
  const members = textsOf(Buffer.from(clusterType.typedConfig?.value ?? []), 1);
  const wrong = members.find((member) => member === '' || member === name);
  return wrong === undefined
    ? undefined
    : { path: 'clusterType.typedConfig.clusters', problem: `${JSON.stringify(wrong)} cannot be a member of ${name}` };
}
