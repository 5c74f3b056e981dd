/** What kubelets and controllers would create in a cluster that runs Bookinfo: Nodes, Pods, Services and EndpointSlices. */
import type { Applications } from '../applications.js';
import type { Backend } from '../../support/services/backend.js';
import { SERVICE_PORT } from '../layout.js';

const NAMESPACE = 'bookinfo';

interface PodPlace {
  readonly backend: Backend;
  readonly app: string;
  readonly version: string;
  readonly zone: string;
}

/** The objects of each cluster. */
export function objectsOf(applications: Applications): Readonly<Record<'mgmt-cluster' | 'remote-cluster', object[]>> {
  const { reviewsV1, reviewsV2, reviewsV3, detailsMgmt, detailsRemote } = applications;
  return {
    'mgmt-cluster': clusterOf('us-east-1', [
      { backend: reviewsV1, app: 'reviews', version: 'v1', zone: 'us-east-1a' },
      { backend: reviewsV2, app: 'reviews', version: 'v2', zone: 'us-east-1b' },
      { backend: detailsMgmt, app: 'details', version: 'v1', zone: 'us-east-1a' },
    ]),
    'remote-cluster': clusterOf('eu-west-1', [
      { backend: reviewsV3, app: 'reviews', version: 'v3', zone: 'eu-west-1a' },
      { backend: detailsRemote, app: 'details', version: 'v1', zone: 'eu-west-1a' },
    ]),
  };
}

function clusterOf(region: string, pods: readonly PodPlace[]): object[] {
  const zones = [...new Set(pods.map(({ zone }) => zone))];
  const apps = [...new Set(pods.map(({ app }) => app))];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    ...zones.map((zone) => nodeOf(region, zone)),
    ...pods.map(podOf),
    ...apps.flatMap((app) =>
      serviceOf(
        app,
        pods.filter((pod) => pod.app === app),
      ),
    ),
  ];
}

/** One in each zone. */
function nodeOf(region: string, zone: string): object {
  const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${zone}`, labels } };
}

function podOf({ app, version, zone }: PodPlace): object {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name: `${app}-${version}`, namespace: NAMESPACE, labels: { app, version } },
    spec: { nodeName: `node-${zone}`, containers: [{ name: app, image: `bookinfo/${app}-${version}` }] },
  };
}

function serviceOf(app: string, pods: readonly PodPlace[]): readonly object[] {
  return [
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: app, namespace: NAMESPACE, labels: { app } } },
      spec: { selector: { app }, ports: [{ name: 'http', port: SERVICE_PORT }] },
    },
    {
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
      metadata: { name: `${app}-1`, namespace: NAMESPACE, labels: { 'kubernetes.io/service-name': app } },
      ports: [{ name: 'http', port: pods[0]?.backend.port, protocol: 'TCP' }],
      endpoints: pods.map(({ backend, version, zone }) => ({
        addresses: [backend.address],
        nodeName: `node-${zone}`,
        targetRef: { kind: 'Pod', name: `${app}-${version}`, namespace: NAMESPACE },
        conditions: { ready: true },
      })),
    },
  ];
}
