/**
 * The measured world as documents for `lifeboat serve`. Each service has endpoints in three regions, and a hostname that fails over between
 * them, in an order that depends on the client's region.
 */
import {
  addressOf,
  hostname,
  NAMESPACE,
  PORT,
  REGIONS,
  regionName,
  regionsOf,
  serviceName,
  zoneName,
} from './names.js';

/** The changed values of a service. */
export interface Marks {
  /** The port of its first endpoint. */
  readonly port: number;
  /** The number of errors before an endpoint is ejected. */
  readonly consecutiveErrors: number;
}

export const UNCHANGED: Marks = { port: PORT, consecutiveErrors: 5 };

/** The documents of one service: a Destination for each region, the VirtualDestination over them, and its outlier detection. */
export function serviceDocuments(index: number, marks: Marks = UNCHANGED): string {
  const regions = regionsOf(index);
  const destinations = regions.map((region, place) =>
    destination(index, region, place, place === 0 ? marks.port : PORT),
  );
  return [...destinations, virtualDestination(index), outlierDetection(index, marks.consecutiveErrors)].join('---\n');
}

/** The endpoint that changes has its own ports. */
function destination(index: number, region: number, place: number, firstPort: number): string {
  const [first, second] = [2 * place, 2 * place + 1].map((endpoint) => addressOf(index, endpoint));
  const zone = zoneName(region);
  return `apiVersion: discovery.mesh.gloo.solo.io/v1
kind: Destination
metadata: { name: ${serviceName(index)}-${NAMESPACE}-site-${region}, namespace: gloo-mesh }
spec:
  kubeService:
    ref: { name: ${serviceName(index)}, namespace: ${NAMESPACE}, clusterName: site-${region} }
    labels: { app: ${serviceName(index)} }
    region: ${regionName(region)}
    ports: [{ port: ${PORT}, name: http }]
    endpointSubsets:
    - ports: [{ port: ${firstPort}, name: http }]
      endpoints: [{ ipAddress: ${first}, subLocality: { zone: ${zone} } }]
    - ports: [{ port: ${PORT}, name: http }]
      endpoints: [{ ipAddress: ${second}, subLocality: { zone: ${zone} } }]
`;
}

function virtualDestination(index: number): string {
  return `apiVersion: networking.enterprise.mesh.gloo.solo.io/v1beta1
kind: VirtualDestination
metadata: { name: ${serviceName(index)}, namespace: ${NAMESPACE}, labels: { failover: ring } }
spec:
  hostname: ${hostname(index)}
  port: { number: ${PORT}, protocol: http }
  localized:
    destinationSelectors:
    - kubeServiceRefs:
        services:
${serviceRefs(index, '        - ')}
`;
}

function outlierDetection(index: number, consecutiveErrors: number): string {
  return `apiVersion: networking.mesh.gloo.solo.io/v1
kind: TrafficPolicy
metadata: { name: ${serviceName(index)}, namespace: ${NAMESPACE} }
spec:
  destinationSelector:
  - kubeServiceRefs:
      services:
${serviceRefs(index, '      - ')}
  policy:
    outlierDetection: { consecutiveErrors: ${consecutiveErrors}, interval: 5s, baseEjectionTime: 15s }
`;
}

function serviceRefs(index: number, before: string): string {
  const ref = (region: number): string =>
    `{ name: ${serviceName(index)}, namespace: ${NAMESPACE}, clusterName: site-${region} }`;
  return regionsOf(index)
    .map((region) => `${before}${ref(region)}`)
    .join('\n');
}

/** The common documents: the failover order of each region, in one direction for even numbers and in the other for odd ones. */
export function sharedDocuments(): string {
  const mappings = Array.from({ length: REGIONS }, (_, region) => mapping(region)).join('');
  return `apiVersion: resilience.policy.gloo.solo.io/v2
kind: FailoverPolicy
metadata: { name: ring, namespace: ${NAMESPACE} }
spec:
  applyToDestinations:
  - kind: VIRTUAL_DESTINATION
    selector: { labels: { failover: ring } }
  config:
    localityMappings:
${mappings}---
apiVersion: resilience.policy.gloo.solo.io/v2
kind: RetryTimeoutPolicy
metadata: { name: retries, namespace: ${NAMESPACE} }
spec:
  applyToRoutes:
  - route: { labels: { failover: ring } }
  config:
    requestTimeout: 10s
    retries: { attempts: 3, perTryTimeout: 3s }
`;
}

function mapping(region: number): string {
  const step = region % 2 === 0 ? 1 : REGIONS - 1;
  const others = Array.from({ length: REGIONS - 1 }, (_, i) => regionName((region + step * (i + 1)) % REGIONS));
  return `    - from: { region: ${regionName(region)} }
      to: [${others.map((other) => `{ region: ${other} }`).join(', ')}]
`;
}
