/** Random TrafficPolicies as users write them, mistakes included, for tests of what is made of them. */
import fc from 'fast-check';
import type { HeaderManipulation, HttpMatcher, TrafficPolicySpec, TrafficPolicySpec_Policy as Policy, WeightedDestination } from '../generated/resources.js';

const label = fc.constantFrom('v1', 'v2', 'v3');
const subset = fc.record({ version: label }, { requiredKeys: [] });
const text = fc.oneof(fc.constantFrom('a', '', '/x', '100 %', '%REQ(x-a)%', '%BOGUS%', 'ä ö', "a'b"), fc.string({ maxLength: 8 }));
const regex = fc.oneof(
  fc.constantFrom('/a.*', '[0-9]+', '(?i)abc', 'a|b', '(?=x)', 'a**', '(', '[z-a]', 'a{2000}', '\\pL+', '.*\\.png', 'x{30}y{30}z{30}', '[^/]{9}'),
  fc.array(fc.constantFrom('a', '.', '*', '+', '(', ')', '[', ']', '\\', 'd', '{2}', '|', '^', '$', '?', '-'), { maxLength: 8 }).map((parts) => parts.join('')),
);
const headerName = fc.constantFrom('x-a', 'X-B', 'accept', 'host', ':path', 'bad name', '', 'x_c');

const optional = { requiredKeys: [] as never[] };

const stringMatch = fc.oneof(
  fc.record({ exact: text }),
  fc.record({ prefix: text, ignoreCase: fc.boolean() }, { requiredKeys: ['prefix'] }),
  fc.record({ suffix: text, ignoreCase: fc.boolean() }, { requiredKeys: ['suffix'] }),
  fc.record({ regex }),
);

const named = fc.record({ name: headerName, value: fc.oneof(text, regex), regex: fc.boolean(), invertMatch: fc.boolean() }, optional);

const matcher: fc.Arbitrary<HttpMatcher> = fc.record(
  {
    prefix: fc.constantFrom('/', '/a', 'a', ''),
    exact: fc.constantFrom('/', '/b'),
    regex,
    uri: stringMatch,
    headers: fc.array(named, { maxLength: 2 }),
    queryParameters: fc.array(named, { maxLength: 2 }),
    method: fc.constantFrom('GET', 'post', '', 'PUT', 'no method'),
  },
  optional,
);

const headers: fc.Arbitrary<HeaderManipulation> = fc.record(
  {
    appendRequestHeaders: fc.dictionary(headerName, text, { maxKeys: 2 }),
    removeRequestHeaders: fc.array(headerName, { maxLength: 2 }),
    appendResponseHeaders: fc.dictionary(headerName, text, { maxKeys: 2 }),
    removeResponseHeaders: fc.array(headerName, { maxLength: 2 }),
  },
  optional,
);

const duration = fc.constantFrom('1s', '0.25s', '100ms', '0s', '20s', '1h');
const percentage = fc.constantFrom(0, 0.5, 12.3456, 50, 100, 101, -1);

/** Services that a policy may name, with cluster `east`, and failover destinations of the namespace `failover`. */
export interface Targets {
  readonly services: readonly string[];
  readonly failoverServices: readonly string[];
  readonly virtualDestinations: readonly string[];
}

function shares({ services, failoverServices, virtualDestinations }: Targets): fc.Arbitrary<readonly WeightedDestination[]> {
  const namespace = fc.constant('failover');
  const options = fc.record({ headerManipulation: headers }, optional);
  const place = fc.oneof(
    fc.record({ kubeService: fc.record({ name: fc.constantFrom(...services), namespace: fc.constant('app'), clusterName: fc.constant('east'), subset }) }),
    fc.record({ failoverService: fc.record({ name: fc.constantFrom(...failoverServices), namespace, subset }), options }, { requiredKeys: ['failoverService'] }),
    fc.record({ virtualDestination: fc.record({ name: fc.constantFrom(...virtualDestinations), namespace, subset }) }),
  );
  const weighted = fc.array(place, { minLength: 1, maxLength: 4 }).chain((places) => {
    const cuts = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: places.length - 1, maxLength: places.length - 1 });
    return cuts.map((at) => {
      const edges = [0, ...at.sort((a, b) => a - b), 100];
      return places.map((one, i) => ({ ...one, weight: (edges[i + 1] ?? 100) - (edges[i] ?? 0) }));
    });
  });
  return fc.oneof(weighted, fc.array(place, { maxLength: 2 }));
}

export function arbitraryTrafficPolicy(targets: Targets): fc.Arbitrary<TrafficPolicySpec> {
  const mirrored = fc.record({ name: fc.constantFrom(...targets.services), namespace: fc.constant('app'), clusterName: fc.constant('east') });
  const policy: fc.Arbitrary<Policy> = fc.record(
    {
      trafficShift: fc.record({ destinations: shares(targets) }),
      faultInjection: fc.oneof(
        fc.record({ fixedDelay: duration, percentage }, { requiredKeys: ['fixedDelay'] }),
        fc.record({ abort: fc.record({ httpStatus: fc.constantFrom(200, 418, 599, 600, 0) }), percentage }, { requiredKeys: ['abort'] }),
        fc.constant({}),
      ),
      requestTimeout: duration,
      retries: fc.record({ attempts: fc.constantFrom(0, 3, -1), perTryTimeout: duration }, optional),
      corsPolicy: fc.record(
        { allowOrigins: fc.array(stringMatch, { maxLength: 2 }), allowMethods: fc.array(headerName, { maxLength: 2 }), maxAge: duration },
        optional,
      ),
      mirror: fc.record({ kubeService: mirrored, percentage }, { requiredKeys: ['kubeService'] }),
      headerManipulation: headers,
      outlierDetection: fc.record({ interval: duration, maxEjectionPercent: fc.constantFrom(0, 50, 100, 101) }, optional),
      mtls: fc.record({ istio: fc.record({ tlsMode: fc.constantFrom('DISABLE' as const, 'SIMPLE' as const) }) }),
    },
    optional,
  );
  const selector = fc.oneof(
    fc.record({ kubeServiceRefs: fc.record({ services: fc.array(mirrored, { minLength: 1, maxLength: 2 }) }) }),
    fc.record({ virtualDestinationMatcher: fc.constant({}) }),
    fc.record({ kubeServiceMatcher: fc.record({ clusters: fc.constant(['east']) }) }),
  );
  const source = fc.record({ labels: subset, namespaces: fc.constantFrom([], ['app'], ['admin']) }, optional);
  return fc.record(
    {
      policy,
      destinationSelector: fc.array(selector, { minLength: 1, maxLength: 2 }),
      httpRequestMatchers: fc.array(matcher, { maxLength: 3 }),
      sourceSelector: fc.array(source, { maxLength: 2 }),
    },
    { requiredKeys: ['policy', 'destinationSelector'] },
  );
}
