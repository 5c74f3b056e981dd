import assert from 'node:assert/strict';
import { formatPath } from '../../api/diagnostic.js';
import type { TrafficPolicySpec, TrafficPolicySpec_Policy as Policy } from '../../generated/resources.js';
import { createWorld, destination, failoverService, resource } from '../../testing/world.js';
import type { TrafficPolicyKey } from '../model/object-key.js';

interface Case {
  readonly name: string;
  readonly spec?: Omit<TrafficPolicySpec, 'policy'>;
  readonly policy?: Policy;
  /** `severity code path: message`. */
  readonly expected: readonly string[];
}

const api = { name: 'api', namespace: 'app', clusterName: 'east' };
const target = { kubeService: api, weight: 100 };
const many = { ...api, name: 'many' };

const cases: readonly Case[] = [
  { name: 'nothing at all', expected: [] },
  {
    name: 'weights that do not add up',
    policy: {
      trafficShift: { destinations: [{ failoverService: { name: 'over', namespace: 'failover' }, weight: 60 }] },
    },
    expected: [
      'error InvalidWeights spec.policy.trafficShift.destinations: The weights of trafficShift add up to 60. They must add up to 100.',
    ],
  },
  {
    name: 'a lone target without a weight',
    policy: { trafficShift: { destinations: [{ kubeService: api }] } },
    expected: [],
  },
  {
    name: 'a weighted target without tiers',
    policy: {
      trafficShift: {
        destinations: [
          { ...target, weight: 30 },
          { failoverService: { name: 'over', namespace: 'failover' }, weight: 70 },
        ],
      },
    },
    expected: [
      'warning TargetWithoutTiers spec.policy.trafficShift.destinations[0]: 30 % of the requests fail when api.app.east fails. To let them fail over, use a FailoverService or VirtualDestination as the target.',
    ],
  },
  {
    name: 'targets that do not exist',
    policy: {
      trafficShift: {
        destinations: [
          { kubeService: { ...api, name: 'nobody' }, weight: 0 },
          { virtualDestination: { name: 'over', namespace: 'failover' }, weight: 100 },
        ],
      },
      mirror: { kubeService: { ...api, name: 'nobody' }, percentage: 101 },
    },
    expected: [
      'error ShiftTargetNotFound spec.policy.trafficShift.destinations[0]: Destination nobody.app.east not found.',
      'error ShiftTargetNotFound spec.policy.trafficShift.destinations[1]: VirtualDestination over.failover not found.',
      'error InvalidPercent spec.policy.mirror.percentage: Invalid percentage 101: must be between 0 and 100, inclusive.',
      'error MirrorTargetNotFound spec.policy.mirror: Destination nobody.app.east not found.',
    ],
  },
  {
    name: 'a target of another kind',
    policy: { trafficShift: { destinations: [{ clusterHeader: 'x-cluster', weight: 100 }] } },
    expected: [
      'error UnsupportedTarget spec.policy.trafficShift.destinations[0]: A target of trafficShift must be a kubeService, failoverService or virtualDestination.',
    ],
  },
  {
    name: 'ports that targets do not have',
    policy: {
      trafficShift: { destinations: [{ kubeService: { ...many, port: 82 } }] },
      mirror: { kubeService: api, port: 81 },
    },
    expected: [
      'error TargetPortNotFound spec.policy.trafficShift.destinations[0].kubeService.port: Destination many-app-east.failover has no port 82: choose one of 80, 81.',
      'error TargetPortNotFound spec.policy.mirror.port: Destination api-app-east.failover has no port 81: choose one of 80.',
    ],
  },
  {
    name: 'subsets that are empty, or no subsets',
    policy: {
      trafficShift: {
        destinations: [
          { kubeService: { ...api, subset: { version: 'v1' } }, weight: 0 },
          { failoverService: { name: 'over', namespace: 'failover', subset: { 'a=b': 'c' } }, weight: 100 },
        ],
      },
    },
    expected: [
      'warning SubsetNotFound spec.policy.trafficShift.destinations[0].kubeService.subset: No endpoint has the labels version=v1, so this share of the requests fails.',
      'error InvalidSubset spec.policy.trafficShift.destinations[1].failoverService.subset: A subset must consist of valid Kubernetes labels.',
    ],
  },
  {
    name: 'matchers that contradict themselves or cannot be met',
    spec: {
      httpRequestMatchers: [
        { prefix: '/', uri: { exact: 'x' } },
        { regex: '(?=a)' },
        { uri: { prefix: '/a', regex: 'b' } },
        { headers: [{ name: 'a b', value: '[', regex: true }], method: 'G T' },
        { queryParameters: [{ name: '', value: 'x' }] },
      ],
    },
    expected: [
      'error InvalidMatcher spec.httpRequestMatchers[0].uri: A matcher can have only one of prefix, exact, regex and uri, not prefix and uri.',
      'warning MatcherNeverMatches spec.httpRequestMatchers[0].uri.exact: No path matches "x": paths begin with a slash.',
      'error InvalidRegex spec.httpRequestMatchers[1].regex: Envoy rejects the regular expression: it has (?=, which RE2 does not know: there is no looking ahead or behind.',
      'error InvalidMatcher spec.httpRequestMatchers[2].uri.regex: Set one of exact, prefix, suffix and regex, not prefix and regex.',
      'error InvalidMatcher spec.httpRequestMatchers[3].headers[0].name: "a b" is not a valid name.',
      'error InvalidRegex spec.httpRequestMatchers[3].headers[0].value: Envoy rejects the regular expression: it has a [ that is not closed.',
      'error InvalidMatcher spec.httpRequestMatchers[3].method: "G T" is not an HTTP method.',
      'error InvalidMatcher spec.httpRequestMatchers[4].queryParameters[0].name: "" is not a valid name.',
    ],
  },
  {
    name: 'a fault that is none',
    policy: { faultInjection: {} },
    expected: ['error InvalidFault spec.policy.faultInjection: faultInjection needs either fixedDelay or abort.'],
  },
  {
    name: 'a fault of both kinds, out of range',
    policy: { faultInjection: { fixedDelay: '0s', abort: { httpStatus: 700 }, percentage: -1 } },
    expected: [
      'error InvalidFault spec.policy.faultInjection: faultInjection needs either fixedDelay or abort.',
      'error InvalidDuration spec.policy.faultInjection.fixedDelay: Invalid duration 0s: must be at least 1ms.',
      'error InvalidPercent spec.policy.faultInjection.percentage: Invalid percentage -1: must be between 0 and 100, inclusive.',
      'error InvalidStatus spec.policy.faultInjection.abort.httpStatus: Invalid HTTP status 700: must be between 200 and 599, inclusive.',
    ],
  },
  {
    name: 'headers that cannot be changed',
    policy: {
      headerManipulation: { appendRequestHeaders: { Host: 'x', 'x-a': 'a\nb' }, removeResponseHeaders: ['a b'] },
    },
    expected: [
      'error InvalidHeader spec.policy.headerManipulation.appendRequestHeaders.Host: Header Host cannot be added or removed: it determines where the request goes.',
      'error InvalidHeader spec.policy.headerManipulation.appendRequestHeaders.x-a: The value of x-a is too long or has line breaks.',
      'error InvalidHeader spec.policy.headerManipulation.removeResponseHeaders[0]: "a b" is not the name of a header.',
    ],
  },
  {
    name: 'headers that are longer, or more, than Envoy takes, percent signs counted twice',
    policy: {
      headerManipulation: {
        appendRequestHeaders: { 'x-fits': '%'.repeat(8192), 'x-doubled': '%'.repeat(8193), ['x'.repeat(16_385)]: 'a' },
        appendResponseHeaders: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`x-${i}`, 'a'])),
      },
    },
    expected: [
      'error InvalidHeader spec.policy.headerManipulation.appendRequestHeaders.x-doubled: The value of x-doubled is too long or has line breaks.',
      `error InvalidHeader spec.policy.headerManipulation.appendRequestHeaders.${'x'.repeat(16_385)}: Header ${'x'.repeat(80)}… is too long: a name has at most 16384 bytes.`,
      'error InvalidHeader spec.policy.headerManipulation.appendResponseHeaders: appendResponseHeaders has 1001 headers, but Envoy adds at most 1000.',
    ],
  },
  {
    name: 'CORS that Envoy would not take',
    policy: { corsPolicy: { allowOrigins: [{ regex: 'a**' }], allowMethods: ['GE T'], maxAge: '-1s' } },
    expected: [
      'error InvalidRegex spec.policy.corsPolicy.allowOrigins[0].regex: Envoy rejects the regular expression: it repeats a repetition with **.',
      'error InvalidHeader spec.policy.corsPolicy.allowMethods[0]: "GE T" is not a valid HTTP name.',
      'error InvalidDuration spec.policy.corsPolicy.maxAge: Invalid duration -1s: must be at least 1ms.',
    ],
  },
  {
    name: 'retries that never happen',
    policy: { requestTimeout: '2s', retries: { attempts: 3, perTryTimeout: '2s' } },
    expected: [
      'warning RetryDoesNotFit spec.policy.retries.perTryTimeout: No time is left for a retry: one try may take 2s, and the whole request 2s.',
    ],
  },
  {
    name: 'retries out of range',
    policy: { requestTimeout: '0.0001s', retries: { attempts: -1 } },
    expected: [
      'error InvalidDuration spec.policy.requestTimeout: Invalid duration 0.0001s: must be at least 1ms, or 0s for none.',
      'error InvalidValue spec.policy.retries.attempts: Invalid number of attempts -1: must be 0 or more.',
    ],
  },
  {
    name: 'settings of the cluster for part of the traffic',
    spec: { sourceSelector: [{ labels: { app: 'a' } }], httpRequestMatchers: [{ prefix: '/a' }] },
    policy: { outlierDetection: {}, mtls: { istio: { tlsMode: 'ISTIO_MUTUAL' } } },
    expected: [
      'error SourceSelectorNotAllowed spec.sourceSelector: Outlier detection applies to all clients of a destination. Remove sourceSelector, or move outlierDetection to a TrafficPolicy without one.',
      'warning AppliesToAllTraffic spec.policy.mtls: mtls applies to all clients of a destination, regardless of sourceSelector.',
      'warning AppliesToAllTraffic spec.policy.outlierDetection: outlierDetection applies to all requests to a destination, regardless of httpRequestMatchers.',
      'warning AppliesToAllTraffic spec.policy.mtls: mtls applies to all requests to a destination, regardless of httpRequestMatchers.',
    ],
  },
  {
    name: 'TLS that verifies nobody',
    policy: { mtls: { istio: { tlsMode: 'SIMPLE' } } },
    expected: [
      'warning CertificateNotVerified spec.policy.mtls.istio.tlsMode: SIMPLE encrypts, but Envoy does not verify the certificate of the server, because no resource names a certificate authority.',
    ],
  },
  {
    name: 'fields that are read only',
    policy: { connectionPoolSettings: { tcp: { maxConnections: 9, connectTimeout: '3s' }, http: { maxRetries: 3 } } },
    expected: [
      'warning FieldWithoutEffect spec.policy.connectionPoolSettings.tcp.maxConnections: connectionPoolSettings.tcp.maxConnections has no effect.',
      'warning FieldWithoutEffect spec.policy.connectionPoolSettings.http.maxRetries: connectionPoolSettings.http.maxRetries has no effect.',
    ],
  },
  {
    name: 'connection settings out of range',
    policy: {
      connectionPoolSettings: {
        tcp: { connectTimeout: '0s', tcpKeepalive: { time: '0.5s', interval: '10h', probes: 200 } },
      },
    },
    expected: [
      'error InvalidDuration spec.policy.connectionPoolSettings.tcp.connectTimeout: Invalid duration 0s: must be at least 1ms.',
      'error InvalidDuration spec.policy.connectionPoolSettings.tcp.tcpKeepalive.time: Invalid duration 0.5s: must be between 1s and 32767s.',
      'error InvalidDuration spec.policy.connectionPoolSettings.tcp.tcpKeepalive.interval: Invalid duration 10h: must be between 1s and 32767s.',
      'error InvalidValue spec.policy.connectionPoolSettings.tcp.tcpKeepalive.probes: Invalid number of probes 200: must be at most 127.',
    ],
  },
  {
    name: 'a request timeout of none, and a timeout per try beside it',
    policy: { requestTimeout: '0s', retries: { perTryTimeout: '20s' } },
    expected: [],
  },
  {
    name: 'a timeout per try of nothing',
    policy: { requestTimeout: '-1s', retries: { perTryTimeout: '0s' } },
    expected: [
      'error InvalidDuration spec.policy.requestTimeout: Invalid duration -1s: must be at least 1ms, or 0s for none.',
      'error InvalidDuration spec.policy.retries.perTryTimeout: Invalid duration 0s: must be at least 1ms.',
    ],
  },
  {
    name: 'selectors that select nothing',
    spec: {
      destinationSelector: [
        { kubeServiceRefs: { services: [{ ...api, name: 'nobody' }] } },
        { externalServiceRefs: { externalServices: [{ name: 'api-app-east', namespace: 'failover' }] } },
        { virtualDestinationRefs: { virtualDestinations: [{ name: 'over', namespace: 'failover' }] } },
      ],
    },
    expected: [
      'warning DestinationNotFound spec.destinationSelector[0].kubeServiceRefs.services[0]: Destination nobody.app.east not found in discovery resources.',
      'warning DestinationNotFound spec.destinationSelector[1].externalServiceRefs.externalServices[0]: External service api-app-east.failover not found in discovery resources. There is none.',
      'warning DestinationNotFound spec.destinationSelector[2].virtualDestinationRefs.virtualDestinations[0]: VirtualDestination over.failover not found. There is none.',
    ],
  },
  {
    name: 'routes of gateways alone',
    spec: { routeSelector: [{ routeLabelMatcher: { app: 'x' } }] },
    policy: { requestTimeout: '1s' },
    expected: [
      'error InvalidSelector spec.routeSelector: routeSelector selects nothing, because there are no gateway routes. Use destinationSelector instead.',
    ],
  },
  {
    name: 'selectors that match nothing, with what is nearest',
    spec: {
      destinationSelector: [
        { kubeServiceMatcher: { namespaces: ['apps'] } },
        { kubeServiceMatcher: { clusters: ['easy'] } },
        { kubeServiceRefs: { services: [{ ...api, clusterName: 'west' }] } },
        { externalServiceMatcher: {} },
        { virtualDestinationMatcher: { labels: { app: 'x' } } },
        {},
        { kubeServiceRefs: { services: [] } },
        { virtualDestinationRefs: {} },
      ],
    },
    expected: [
      'warning SelectsNothing spec.destinationSelector[5]: The selector is empty, so it selects nothing. To select all Kubernetes services, use kubeServiceMatcher: {}.',
      'warning SelectsNothing spec.destinationSelector[6].kubeServiceRefs: kubeServiceRefs names nothing, so it selects nothing. Add services.',
      'warning SelectsNothing spec.destinationSelector[7].virtualDestinationRefs: virtualDestinationRefs names nothing, so it selects nothing. Add virtualDestinations.',
      'warning SelectsNothing spec.destinationSelector[0].kubeServiceMatcher: No valid service has namespace apps, so the selector selects nothing. Did you mean "app"?',
      'warning SelectsNothing spec.destinationSelector[1].kubeServiceMatcher: No valid service has cluster easy, so the selector selects nothing. Did you mean "east"?',
      'warning DestinationNotFound spec.destinationSelector[2].kubeServiceRefs.services[0]: Destination api.app.west not found in discovery resources. They are in cluster east.',
      'warning SelectsNothing spec.destinationSelector[3].externalServiceMatcher: No valid external service has any name, so the selector selects nothing. There is none.',
      'warning SelectsNothing spec.destinationSelector[4].virtualDestinationMatcher: No valid VirtualDestination has label app=x, so the selector selects nothing. There is none.',
    ],
  },
  {
    name: 'selectors with values that nothing has',
    spec: {
      destinationSelector: [
        { kubeServiceMatcher: { namespaces: ['*'], clusters: [''], labels: { app: 'a*' } } },
        { kubeServiceRefs: { services: [{ namespace: 'app' }] } },
      ],
      sourceSelector: [
        { kubeWorkloadMatcher: { namespaces: [''] } },
        { labels: { app: 'x' }, kubeWorkloadMatcher: {} },
      ],
    },
    expected: [
      'error InvalidSelector spec.destinationSelector[0].kubeServiceMatcher.labels.app: "a*" is not the value of a label, so nothing is selected. Selectors do not support wildcards. Remove the field to select all.',
      'error InvalidSelector spec.destinationSelector[0].kubeServiceMatcher.namespaces[0]: "*" is not the name of an object, so nothing is selected. Selectors do not support wildcards. Remove the field to select all.',
      'error InvalidSelector spec.destinationSelector[0].kubeServiceMatcher.clusters[0]: "" is not a name, so nothing is selected. Remove the field to select all.',
      'error InvalidSelector spec.destinationSelector[1].kubeServiceRefs.services[0].name: "" is not the name of an object, so nothing is selected. Remove the field to select all.',
      'error InvalidSelector spec.sourceSelector[0].kubeWorkloadMatcher.namespaces[0]: "" is not the name of an object, so nothing is selected. Remove the field to select all.',
      'error ExclusiveFields spec.sourceSelector[1].labels: kubeWorkloadMatcher and labels exclude each other. Put all conditions in kubeWorkloadMatcher.',
    ],
  },
  {
    name: 'outlier detection that cannot leave the first tier',
    policy: { outlierDetection: { maxEjectionPercent: 66 } },
    expected: [
      'warning EjectionTooLow spec.policy.outlierDetection.maxEjectionPercent: maxEjectionPercent 66 is too low to eject the whole first tier of FailoverService over.failover, so it would not fail over. Use at least 67.',
    ],
  },
  { name: 'outlier detection that just can', policy: { outlierDetection: { maxEjectionPercent: 67 } }, expected: [] },
];

describe('findings about TrafficPolicies', () => {
  for (const { name, spec = {}, policy = {}, expected } of cases) {
    it(name, () => {
      const { graph, model } = createWorld(
        destination('api', 'east', { endpoints: ['10.0.0.1', '10.0.0.2'] }),
        destination('many', 'east', {
          ports: [
            { port: 80, name: 'http' },
            { port: 81, name: 'http-more' },
          ],
          endpoints: ['10.0.0.3'],
        }),
        failoverService('over', ['api@east', 'many@east']),
        resource('TrafficPolicy', 'subject', { ...spec, policy }, 1),
        resource('TrafficPolicy', 'younger', { policy: { outlierDetection: {} } }, 2),
      );
      const key = 'subject.failover' as TrafficPolicyKey;
      const own = graph.read(model.trafficPolicies.findings, key) ?? [];
      const others = [model.trafficPolicies.warnings, model.ejection.findings].flatMap((findings) =>
        findings(graph.read.bind(graph), key),
      );
      assert.deepEqual(
        [...own, ...others].map(
          ({ severity, code, path, message }) => `${severity} ${code} ${formatPath(path)}: ${message}`,
        ),
        expected,
      );
    });
  }
});
