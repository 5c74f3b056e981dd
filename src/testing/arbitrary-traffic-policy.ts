/** Random TrafficPolicies as users write them, with some mistakes. */
import fc from 'fast-check';
import type {
  HeaderManipulation,
  HttpMatcher,
  TrafficPolicySpec,
  TrafficPolicySpec_Policy as Policy,
  WeightedDestination,
} from '../generated/resources.js';

/** Valid 39 times in 40, otherwise a mistake. */
function mostly<Value>(right: fc.Arbitrary<Value>, wrong: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 39, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

/** A record in which each field exists with a probability of one third. */
function sparse(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> {
  const names = Object.keys(fields);
  const kept = fc.array(fc.nat(2), { minLength: names.length, maxLength: names.length });
  return fc
    .tuple(fc.record(fields), kept)
    .map(([all, keep]) => Object.fromEntries(Object.entries(all).filter((_, i) => keep[i] === 0)));
}

const label = fc.constantFrom('v1', 'v2', 'v3');
const subset = fc.record({ version: label }, { requiredKeys: [] });
const text = fc.oneof(
  fc.constantFrom('a', '', '/x', '100 %', '%REQ(x-a)%', '%BOGUS%', 'ä ö', "a'b"),
  fc.string({ maxLength: 8 }),
);
const regex = mostly(
  fc.oneof(
    fc.constantFrom(
      '/a.*',
      '[0-9]+',
      '(?i)abc',
      'a|b',
      '.*\\.png',
      '[^/]{9}',
      '(?:a|é)+',
      '\\d{1,20}x',
      '[[:alpha:]_-]*',
    ),
    fc
      .array(fc.constantFrom('a', '.', '.*', 'b+', '(c|d)', '[e-g]', '\\.', '\\d', '(?:h){2}', '^', '$', 'i?', '-'), {
        minLength: 1,
        maxLength: 8,
      })
      .map((parts) => parts.join('')),
  ),
  fc.oneof(
    fc.constantFrom('(?=x)', 'a**', '(', '[z-a]', 'a{2000}', '\\pL+', 'x{30}y{30}z{50}'),
    fc
      .array(fc.constantFrom('a', '.', '*', '+', '(', ')', '[', ']', '\\', 'd', '{2}', '|', '^', '?', '-'), {
        maxLength: 8,
      })
      .map((parts) => parts.join('')),
  ),
);
const headerName = mostly(
  fc.constantFrom('x-a', 'X-B', 'accept', 'x_c'),
  fc.constantFrom('host', ':path', 'bad name', ''),
);

const optional = { requiredKeys: [] as never[] };

const stringMatch = fc.oneof(
  fc.record({ exact: text }),
  fc.record({ prefix: text, ignoreCase: fc.boolean() }, { requiredKeys: ['prefix'] }),
  fc.record({ suffix: text, ignoreCase: fc.boolean() }, { requiredKeys: ['suffix'] }),
  fc.record({ regex }),
);

const named = fc.oneof(
  fc.record({ name: headerName, value: text, invertMatch: fc.boolean() }, { requiredKeys: ['name'] }),
  fc.record(
    { name: headerName, value: regex, regex: fc.constant(true), invertMatch: fc.boolean() },
    { requiredKeys: ['name'] },
  ),
);

const path: fc.Arbitrary<HttpMatcher> = fc.oneof(
  fc.constant({}),
  fc.record({ prefix: fc.constantFrom('/', '/a', 'a', '') }),
  fc.record({ exact: fc.constantFrom('/', '/b') }),
  fc.record({ regex }),
  fc.record({ uri: stringMatch }),
  mostly(fc.constant({}), fc.record({ prefix: fc.constant('/'), exact: fc.constant('/b') })),
);

const matcher: fc.Arbitrary<HttpMatcher> = fc
  .tuple(
    path,
    sparse({
      headers: fc.array(named, { maxLength: 2 }),
      queryParameters: fc.array(named, { maxLength: 2 }),
      method: mostly(fc.constantFrom('GET', 'post', '', 'PUT'), fc.constant('no method')),
    }),
  )
  .map(([of, more]) => ({ ...of, ...more }));

const headers: fc.Arbitrary<HeaderManipulation> = fc.record(
  {
    appendRequestHeaders: fc.dictionary(headerName, text, { maxKeys: 2 }),
    removeRequestHeaders: fc.array(headerName, { maxLength: 2 }),
    appendResponseHeaders: fc.dictionary(headerName, text, { maxKeys: 2 }),
    removeResponseHeaders: fc.array(headerName, { maxLength: 2 }),
  },
  optional,
);

const duration = mostly(fc.constantFrom('1s', '0.25s', '100ms', '20s', '1h'), fc.constant('0s'));
const percentage = mostly(fc.constantFrom(0, 0.5, 12.3456, 50, 100), fc.constantFrom(101, -1));

/** The services of cluster `east` and the failover destinations of namespace `failover` that a policy may name. */
export interface Targets {
  readonly services: readonly string[];
  readonly failoverServices: readonly string[];
  readonly virtualDestinations: readonly string[];
}

function shares({
  services,
  failoverServices,
  virtualDestinations,
}: Targets): fc.Arbitrary<readonly WeightedDestination[]> {
  const namespace = fc.constant('failover');
  const options = fc.record({ headerManipulation: headers }, optional);
  const place = fc.oneof(
    fc.record({
      kubeService: fc.record({
        name: fc.constantFrom(...services),
        namespace: fc.constant('app'),
        clusterName: fc.constant('east'),
        subset,
      }),
    }),
    fc.record(
      { failoverService: fc.record({ name: fc.constantFrom(...failoverServices), namespace, subset }), options },
      { requiredKeys: ['failoverService'] },
    ),
    fc.record({ virtualDestination: fc.record({ name: fc.constantFrom(...virtualDestinations), namespace, subset }) }),
  );
  const weighted = fc.array(place, { minLength: 1, maxLength: 4 }).chain((places) => {
    const cuts = fc.array(fc.integer({ min: 0, max: 100 }), {
      minLength: places.length - 1,
      maxLength: places.length - 1,
    });
    return cuts.map((at) => {
      const edges = [0, ...at.sort((a, b) => a - b), 100];
      return places.map((one, i) => ({ ...one, weight: (edges[i + 1] ?? 100) - (edges[i] ?? 0) }));
    });
  });
  return mostly(weighted, fc.array(place, { maxLength: 2 }));
}

export function arbitraryTrafficPolicy(targets: Targets): fc.Arbitrary<TrafficPolicySpec> {
  const mirrored = fc.record({
    name: fc.constantFrom(...targets.services),
    namespace: fc.constant('app'),
    clusterName: fc.constant('east'),
  });
  const policy: fc.Arbitrary<Policy> = sparse({
    trafficShift: fc.record({ destinations: shares(targets) }),
    faultInjection: mostly<NonNullable<Policy['faultInjection']>>(
      fc.oneof(
        fc.record({ fixedDelay: duration, percentage }, { requiredKeys: ['fixedDelay'] }),
        fc.record(
          {
            abort: fc.record({ httpStatus: mostly(fc.constantFrom(200, 418, 599), fc.constantFrom(600, 0)) }),
            percentage,
          },
          { requiredKeys: ['abort'] },
        ),
      ),
      fc.constant({}),
    ),
    requestTimeout: duration,
    retries: fc.record({ attempts: mostly(fc.constantFrom(0, 3), fc.constant(-1)), perTryTimeout: duration }, optional),
    corsPolicy: fc.record(
      {
        allowOrigins: fc.array(stringMatch, { maxLength: 2 }),
        allowMethods: fc.array(headerName, { maxLength: 2 }),
        maxAge: duration,
      },
      optional,
    ),
    mirror: fc.record({ kubeService: mirrored, percentage }, { requiredKeys: ['kubeService'] }),
    headerManipulation: headers,
    outlierDetection: fc.record(
      { interval: duration, maxEjectionPercent: mostly(fc.constantFrom(0, 50, 100), fc.constant(101)) },
      optional,
    ),
    mtls: fc.record({ istio: fc.record({ tlsMode: fc.constantFrom('DISABLE' as const, 'SIMPLE' as const) }) }),
  });
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
