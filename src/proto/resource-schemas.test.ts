import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import protobuf from 'protobufjs';
import { parse } from 'yaml';
import { kinds } from '../generated/resources.js';

const generated = new URL('../../generated/', import.meta.url);

describe('resource schemas', () => {
  const schemas = readJson('schemas.json') as Readonly<Record<string, object>>;
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true });
  // Custom keywords that the decoder and the CustomResourceDefinitions read.
  ajv.addVocabulary(['selective', 'oneofs', 'scope', 'selects', 'noEffect', 'admission', 'rules']);
  const findings = (manifest: string): readonly string[] => {
    const document = parse(manifest) as { readonly apiVersion: string; readonly kind: string };
    const kind = kinds.find(
      (row) => row.kind === document.kind && row.apiVersions.some((version) => version === document.apiVersion),
    );
    const validate = ajv.compile(schemas[kind?.message ?? ''] ?? false);
    validate(document);
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const { additionalProperty } = params as { readonly additionalProperty?: string };
      return `${instancePath} ${additionalProperty ?? message ?? ''}`;
    });
  };

  for (const [name, manifest] of Object.entries(manifests())) {
    it(`accept ${name}`, () => assert.deepEqual(findings(manifest), []));
  }

  it('name unknown fields and wrong types', () => {
    assert.deepEqual(
      findings(`
apiVersion: networking.smh.solo.io/v1alpha2
kind: FailoverService
metadata: { name: a }
spec:
  hostnme: a.global
  port: { number: '9080', protocol: http }
  backingServices: { name: a }
`),
      ['/spec hostnme', '/spec/port/number must be integer', '/spec/backingServices must be array'],
    );
  });

  it('accept durations of proto JSON and of Go', () => {
    const policy = (interval: string): string => `
apiVersion: resilience.policy.gloo.solo.io/v2
kind: OutlierDetectionPolicy
spec: { config: { interval: ${interval} } }
`;
    for (const interval of ['5s', '0.5s', '500ms', '1h30m', '1.5h', '100us'])
      assert.deepEqual(findings(policy(interval)), [], interval);
    for (const interval of ['5', 'soon', '5 s', "''"]) assert.equal(findings(policy(interval)).length, 1, interval);
  });

  it('accept undescribed fields of core kinds', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nspec: { nodeName: a, containers: [] }';
    assert.deepEqual(findings(pod), []);
    assert.deepEqual(findings(pod.replace('nodeName: a', 'nodeName: 1')), ['/spec/nodeName must be string']);
  });

  it('include a schema and a message for every kind', () => {
    const root = protobuf.Root.fromJSON(readJson('resources.json') as protobuf.INamespace).resolveAll();
    for (const kind of kinds) {
      assert.ok(schemas[kind.message], kind.message);
      assert.ok(root.lookupType(kind.message), kind.message);
      if ('status' in kind) assert.ok(root.lookupType(kind.status), kind.status);
    }
  });
});

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, generated), 'utf8'));
}

/** Manifests from the guides and reference pages of the original, and manifests that use other fields. */
function manifests(): Readonly<Record<string, string>> {
  return {
    'the TrafficPolicy of the guide': `
apiVersion: networking.smh.solo.io/v1alpha2
kind: TrafficPolicy
metadata: { namespace: service-mesh-hub, name: mgmt-reviews-outlier }
spec:
  destinationSelector:
  - kubeServiceRefs:
      services:
      - { name: reviews, namespace: bookinfo, clusterName: mgmt-cluster }
  outlierDetection: { consecutiveErrors: 1 }
`,
    'the FailoverService of the guide, with a status': `
apiVersion: networking.smh.solo.io/v1alpha2
kind: FailoverService
metadata: { name: reviews-failover, namespace: service-mesh-hub }
spec:
  hostname: reviews-failover.bookinfo.global
  port: { number: 9080, protocol: http }
  meshes:
  - { name: istiod-istio-system-mgmt-cluster, namespace: service-mesh-hub }
  backingServices:
  - kubeService: { name: reviews, namespace: bookinfo, clusterName: mgmt-cluster }
  - kubeService: { name: reviews, namespace: bookinfo, clusterName: remote-cluster }
status: { observedGeneration: '1', state: ACCEPTED }
`,
    'the TrafficPolicy of the guide that shifts traffic': `
apiVersion: networking.smh.solo.io/v1alpha2
kind: TrafficPolicy
metadata: { name: reviews-shift-failover, namespace: bookinfo }
spec:
  destinationSelector:
  - kubeServiceRefs: { services: [{ clusterName: mgmt-cluster, name: reviews, namespace: bookinfo }] }
  trafficShift:
    destinations:
    - failoverService: { name: reviews-failover, namespace: service-mesh-hub }
`,
    'a TrafficPolicy of v1 with everything': `
apiVersion: networking.mesh.gloo.solo.io/v1
kind: TrafficPolicy
spec:
  sourceSelector: [{ kubeWorkloadMatcher: { labels: { app: a }, namespaces: [b], clusters: [c] } }]
  destinationSelector:
  - kubeServiceMatcher: { labels: { app: a } }
  - virtualDestinationRefs: { virtualDestinations: [{ name: a, namespace: b }] }
  httpRequestMatchers:
  - uri: { prefix: /a, ignoreCase: true }
    headers: [{ name: a, value: '[a-z]+', regex: true, invertMatch: true }]
    queryParameters: [{ name: a, value: b }]
    method: GET
  policy:
    trafficShift: { destinations: [{ weight: 100, kubeService: { name: a, namespace: b, clusterName: c, subset: { v: '1' }, port: 80 } }] }
    faultInjection: { fixedDelay: 5s, percentage: 12.5 }
    requestTimeout: 1m
    retries: { attempts: 3, perTryTimeout: 500ms }
    corsPolicy: { allowOrigins: [{ exact: a }], allowMethods: [GET], maxAge: 24h, allowCredentials: true }
    mirror: { kubeService: { name: a, namespace: b, clusterName: c }, percentage: 50, port: 80 }
    headerManipulation: { removeResponseHeaders: [a], appendRequestHeaders: { a: b } }
    outlierDetection: { consecutiveErrors: 5, interval: 10s, baseEjectionTime: 30s, maxEjectionPercent: 100 }
    mtls: { istio: { tlsMode: ISTIO_MUTUAL } }
`,
    'a VirtualMesh': `
apiVersion: networking.mesh.gloo.solo.io/v1alpha2
kind: VirtualMesh
spec:
  meshes: [{ name: a, namespace: b }]
  mtlsConfig: { autoRestartPods: true, shared: { rootCertificateAuthority: { generated: { ttlDays: 365 } } } }
  federation: { permissive: {}, hostnameSuffix: soloio }
  globalAccessPolicy: DISABLED
`,
    'a VirtualDestination by locality': `
apiVersion: networking.enterprise.mesh.gloo.solo.io/v1beta1
kind: VirtualDestination
spec:
  hostname: a.global
  port: { number: 9080, protocol: http, targetName: http }
  virtualMesh: { name: a, namespace: b }
  localized:
    destinationSelectors: [{ kubeServiceMatcher: { labels: { app: a } } }]
    failoverDirectives: [{ from: { region: a }, to: [{ region: b, zone: c, subZone: d }] }]
    outlierDetection: { consecutiveErrors: 1 }
`,
    'a VirtualDestination of v2': `
apiVersion: networking.gloo.solo.io/v2
kind: VirtualDestination
spec:
  hosts: [a.example.com]
  services: [{ name: a, namespace: b, cluster: c, labels: { app: a } }]
  ports: [{ number: 8080, protocol: HTTP, targetPort: { number: 9080 } }]
  clientMode: { tlsTermination: {} }
`,
    'the FailoverPolicy of the reference with weights': `
apiVersion: resilience.policy.gloo.solo.io/v2
kind: FailoverPolicy
metadata: { annotations: { cluster.solo.io/cluster: '' }, name: a, namespace: bookinfo }
spec:
  applyToDestinations: [{ kind: VIRTUAL_DESTINATION, selector: {} }]
  config:
    localityMappings:
    - from: { region: us-east }
      to: [{ region: us-west, weight: 50 }, { region: us-east, weight: 50 }]
`,
    'the FailoverPolicy of the reference with labels': `
apiVersion: resilience.policy.gloo.solo.io/v2
kind: FailoverPolicy
spec: { config: { priorityLabels: { labels: [version=v1, version=v4, topology.istio.io/subzone=a] } } }
`,
    'a RetryTimeoutPolicy with a status code': `
apiVersion: resilience.policy.gloo.solo.io/v2
kind: RetryTimeoutPolicy
spec:
  applyToRoutes: [{ route: { labels: { route: ratings } } }]
  config: { requestTimeout: 1.5s, retries: { attempts: 5, perTryTimeout: 2s, retryOn: 503, retryRemoteLocalities: true } }
`,
    'a Workspace': `
apiVersion: admin.gloo.solo.io/v2
kind: Workspace
spec: { workloadClusters: [{ name: '*', namespaces: [{ name: 'ns1*' }], configEnabled: false }] }
`,
    'a Mesh': `
apiVersion: discovery.smh.solo.io/v1alpha2
kind: Mesh
spec: { istio: { installation: { namespace: a, cluster: b, podLabels: { app: istiod }, version: 1.8.0 } }, agentInfo: { agentNamespace: c } }
`,
    'a Destination': `
apiVersion: discovery.mesh.gloo.solo.io/v1
kind: Destination
spec:
  mesh: { name: a, namespace: b }
  kubeService:
    ref: { name: a, namespace: b, clusterName: c }
    labels: { app: a }
    ports: [{ port: 9080, name: http, protocol: TCP, targetPortNumber: 9080 }]
    subsets: { version: { values: [v1, v2] } }
    region: us-east
    endpointSubsets:
    - endpoints: [{ ipAddress: 10.0.0.1, labels: { version: v1 }, subLocality: { zone: a, subZone: b }, health: DRAINING }]
      ports: [{ port: 9080, name: http }]
`,
    'an external Destination': `
apiVersion: discovery.mesh.gloo.solo.io/v1
kind: Destination
spec:
  externalService:
    name: a
    hosts: [a.example.com]
    addresses: [10.0.0.1]
    ports: [{ number: 443, name: https, protocol: TLS }]
    endpoints: [{ address: 10.0.0.2, ports: { https: 8443 } }]
`,
    'a Workload': `
apiVersion: discovery.mesh.gloo.solo.io/v1
kind: Workload
spec: { kubernetes: { controller: { name: a, namespace: b, clusterName: c }, podLabels: { app: a }, serviceAccountName: d } }
`,
    'a Service': `
apiVersion: v1
kind: Service
metadata: { name: a }
spec: { selector: { app: a }, ports: [{ name: http, port: 80, targetPort: http, protocol: TCP }, { name: x, port: 81, targetPort: 8081 }] }
status: { loadBalancer: {} }
`,
    'an EndpointSlice': `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: a, labels: { kubernetes.io/service-name: a } }
addressType: IPv4
endpoints: [{ addresses: [10.0.0.1], conditions: { ready: true }, nodeName: a, zone: b, targetRef: { kind: Pod, name: a } }]
ports: [{ name: http, port: 80, protocol: TCP }]
`,
  };
}
