import assert from 'node:assert/strict';
import fc from 'fast-check';
import { kinds } from '../generated/resources.js';
import { type Decoded, createDecode, writtenPath } from './decode.js';
import { type RawResource, resourceKey } from './resource.js';

const decode = createDecode();

function raw(apiVersion: string, kind: string, body: object): RawResource {
  const metadata = { name: 'a', namespace: 'ns', labels: { app: 'x' }, annotations: {} };
  const locate = (): never => assert.fail('decoding asks for no positions');
  return {
    apiVersion,
    kind,
    metadata,
    document: { apiVersion, kind, metadata, ...body },
    generation: 3,
    arrival: 2,
    locate,
  };
}

function failoverService(spec: unknown): Decoded {
  return decode(raw('networking.smh.solo.io/v1alpha2', 'FailoverService', { spec }));
}

function trafficPolicy(spec: unknown, version = 'networking.smh.solo.io/v1alpha2'): Decoded {
  return decode(raw(version, 'TrafficPolicy', { spec }));
}

/** `severity code path: message` of each finding. */
function lines({ diagnostics }: Decoded): readonly string[] {
  return diagnostics.map(({ severity, code, path, message }) => `${severity} ${code} ${path.join('.')}: ${message}`);
}

describe('decode', () => {
  it('returns the frozen resource with its kind', () => {
    const spec = {
      hostname: 'a.global',
      port: { number: 80, protocol: 'HTTP' },
      backingServices: [{ kubeService: { name: 'b' } }],
    };
    const decoded = failoverService(spec);
    assert.deepEqual(lines(decoded), []);
    assert.ok(decoded.kind === 'FailoverService');
    assert.equal(decoded.resource.spec?.backingServices?.[0]?.kubeService?.name, 'b');
    assert.ok(Object.isFrozen(decoded.resource));
    assert.ok(Object.isFrozen(decoded.resource.spec.backingServices[0].kubeService));
    assert.deepEqual(decoded.resource, {
      ref: { kind: 'FailoverService', namespace: 'ns', name: 'a' },
      apiVersion: 'networking.smh.solo.io/v1alpha2',
      labels: { app: 'x' },
      annotations: {},
      generation: 3,
      arrival: 2,
      spec,
    });
  });

  it('shares frozen values with the document', () => {
    const spec = Object.freeze({ hostname: 'a.global', port: Object.freeze({ number: 80 }) });
    assert.equal(failoverService(spec).resource?.spec, spec);
  });

  it('treats null as absent, and empty values as given', () => {
    assert.deepEqual(failoverService({ hostname: null, port: { number: null } }).resource?.spec, { port: {} });
    assert.deepEqual(failoverService(null).resource?.spec, {});
    assert.deepEqual(decode(raw('v1', 'Pod', {})).resource?.spec, {});
  });

  it('treats null as an empty text in labels of Kubernetes kinds', () => {
    const { resource, diagnostics } = decode(
      raw('v1', 'Service', { spec: { selector: { app: 'a', revision: null } } }),
    );
    assert.deepEqual(diagnostics, []);
    assert.deepEqual((resource?.spec as { readonly selector?: unknown }).selector, { app: 'a', revision: '' });
  });

  it('quotes values as the document writes them', () => {
    const spec = { ports: [{ name: 'http', port: 131_071 }], selector: { a: true } };
    const written = (path: readonly (string | number)[]): string => (path.at(-1) === 'port' ? '0x1FFFF' : 'yes');
    const { diagnostics } = decode({ ...raw('v1', 'Service', { spec }), written });
    assert.deepEqual(
      diagnostics.map(({ message }) => message),
      ['spec.selector.a must be a string, not yes. YAML reads it as true. Put it in quotes.'],
    );
  });

  it('does not treat null as absent in lists and maps', () => {
    assert.deepEqual(lines(failoverService({ meshes: [null] })), [
      'error WrongType spec.meshes.0: spec.meshes[0] must be a mapping, not nothing.',
    ]);
    const selector = { destinationSelector: [{ kubeServiceMatcher: { labels: { version: null } } }] };
    assert.deepEqual(lines(trafficPolicy(selector)), [
      'error WrongType spec.destinationSelector.0.kubeServiceMatcher.labels.version: ' +
        'spec.destinationSelector[0].kubeServiceMatcher.labels.version must be a string, not nothing.',
    ]);
  });

  it('warns about unknown fields with a suggestion, and removes them', () => {
    const decoded = failoverService({
      hostname: 'a',
      hostnme: 'b',
      port: { number: 1, zzz: {} },
      backing_services: [],
    });
    assert.deepEqual(lines(decoded), [
      'warning UnknownField spec.hostnme: The field "hostnme" does not exist here and is ignored. Did you mean "hostname"?',
      'warning UnknownField spec.port.zzz: The field "zzz" does not exist here and is ignored.',
      'warning UnknownField spec.backing_services: The field "backing_services" does not exist here and is ignored.' +
        ' Did you mean "backingServices"?',
    ]);
    assert.deepEqual(decoded.resource?.spec, { hostname: 'a', port: { number: 1 } });
  });

  it('warns about unknown fields next to the spec, but not in status and metadata', () => {
    const document = { spec: {}, status: { state: 'ACCEPTED' }, specs: {} };
    assert.deepEqual(lines(decode(raw('networking.smh.solo.io/v1alpha2', 'FailoverService', document))), [
      'warning UnknownField specs: The field "specs" does not exist here and is ignored. Did you mean "spec"?',
    ]);
  });

  it('keeps only the used fields of Kubernetes kinds, without warnings', () => {
    const pod = decode(
      raw('v1', 'Pod', { spec: { nodeName: 'n', containers: [{ image: 'x' }] }, status: { podIP: '1' } }),
    );
    assert.deepEqual(lines(pod), []);
    assert.deepEqual(pod.resource?.spec, { nodeName: 'n' });
    const slice = { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'], extra: 1 }], ports: [{ port: 80 }] };
    const decoded = decode(raw('discovery.k8s.io/v1', 'EndpointSlice', slice));
    assert.deepEqual(lines(decoded), []);
    assert.deepEqual(decoded.resource?.spec, { ...slice, endpoints: [{ addresses: ['10.0.0.1'] }] });
  });

  for (const { kind, apiVersions, aliases } of kinds) {
    it(`accepts ${kind} in ${apiVersions.join(', ')}`, () => {
      for (const apiVersion of apiVersions) {
        for (const name of [kind, ...aliases]) {
          const decoded = decode(raw(apiVersion, name, { spec: {}, status: {} }));
          assert.deepEqual([decoded.kind, lines(decoded), decoded.resource?.spec], [kind, [], {}]);
        }
      }
    });
  }

  it('accepts port numbers outside the range of the field type', () => {
    for (const number of [-1, 2 ** 40])
      assert.deepEqual(failoverService({ port: { number } }).resource?.spec, { port: { number } });
  });

  describe('for a document with wrong values', () => {
    const cases: readonly (readonly [string, Decoded, readonly string[]])[] = [
      [
        'all wrong types at once',
        failoverService({ hostname: 12, port: [], meshes: {}, backingServices: 'x' }),
        [
          'error WrongType spec.hostname: spec.hostname must be a string, not 12. Put it in quotes.',
          'error WrongType spec.port: spec.port must be a mapping, not a list.',
          'error WrongType spec.meshes: spec.meshes must be a list, not a mapping.',
          'error WrongType spec.backingServices: spec.backingServices must be a list, not "x".',
        ],
      ],
      [
        'a spec that is not a mapping',
        failoverService('x'),
        ['error WrongType spec: spec must be a mapping, not "x".'],
      ],
      [
        'a string instead of a number',
        failoverService({ port: { number: '80' } }),
        ['error WrongType spec.port.number: spec.port.number must be a whole number, not "80".'],
      ],
      [
        'a fractional port number',
        failoverService({ port: { number: 80.5 } }),
        ['error WrongType spec.port.number: spec.port.number must be a whole number, not 80.5.'],
      ],
      [
        'a number out of range',
        trafficPolicy({ outlierDetection: { consecutiveErrors: -1 } }),
        [
          'error InvalidValue spec.outlierDetection.consecutiveErrors: spec.outlierDetection.consecutiveErrors must be at least 0, not -1.',
        ],
      ],
      [
        'invalid durations',
        trafficPolicy({ requestTimeout: 5, outlierDetection: { interval: '5', baseEjectionTime: '999999999h' } }),
        [
          'error WrongType spec.requestTimeout: spec.requestTimeout must be a duration such as "5s", not 5.',
          'error InvalidDuration spec.outlierDetection.interval: Invalid duration "5": a unit is missing after 5, such as "5s".',
          'error InvalidDuration spec.outlierDetection.baseEjectionTime: Invalid duration "999999999h": it is longer than 10 000 years.',
        ],
      ],
      [
        'an unknown enum value',
        decode(
          raw('resilience.policy.gloo.solo.io/v2', 'FailoverPolicy', {
            spec: { applyToDestinations: [{ kind: 'VIRTUAL_DESTINATON' }] },
          }),
        ),
        [
          'error InvalidValue spec.applyToDestinations.0.kind: spec.applyToDestinations[0].kind must be one of ' +
            'SERVICE, VIRTUAL_DESTINATION, EXTERNAL_SERVICE, not "VIRTUAL_DESTINATON". Did you mean "VIRTUAL_DESTINATION"?',
        ],
      ],
    ];
    for (const [title, decoded, expected] of cases) {
      it(`reports ${title}`, () => {
        assert.deepEqual([...lines(decoded)].sort(), [...expected].sort());
        assert.ok(decoded.resource !== undefined);
        assert.equal(decoded.resource.spec, undefined);
      });
    }
  });

  it('limits the number of findings', () => {
    const { diagnostics } = failoverService({ meshes: Array.from({ length: 1_000 }, () => 5) });
    assert.equal(diagnostics.length, 51);
    assert.equal(diagnostics.at(-1)?.message, '950 more like these are not shown.');
  });

  it('warns about unknown kinds and versions', () => {
    const deployment = decode(raw('apps/v1', 'Deployment', {}));
    assert.equal(deployment.resource, undefined);
    assert.deepEqual(lines(deployment), [
      'warning UnknownKind kind: Kind Deployment is not supported. The resource is ignored.',
    ]);
    const version = decode(raw('admin.gloo.solo.io/v1', 'Workspace', {}));
    assert.equal(version.resource, undefined);
    assert.deepEqual(lines(version), [
      'warning UnknownApiVersion apiVersion: Workspace is not supported in apiVersion admin.gloo.solo.io/v1. The resource is ignored.' +
        ' Supported versions: admin.gloo.solo.io/v2.',
    ]);
  });

  it('reads a TrafficTarget as a Destination', () => {
    const spec = { kubeService: { ref: { name: 'b', namespace: 'c', clusterName: 'd' }, region: 'r' } };
    const decoded = decode(raw('discovery.smh.solo.io/v1alpha2', 'TrafficTarget', { spec }));
    assert.deepEqual(lines(decoded), []);
    assert.ok(decoded.kind === 'Destination');
    assert.equal(resourceKey(decoded.resource.ref), 'Destination/ns/a');
    assert.equal(decoded.resource.spec?.kubeService?.region, 'r');
  });

  describe('for a TrafficPolicy', () => {
    const settings = { outlierDetection: { consecutiveErrors: 1 }, requestTimeout: '1s' };
    const selector = { destinationSelector: [{ kubeServiceRefs: { services: [{ name: 'a' }] } }] };
    const whole = { ...selector, policy: settings };
    for (const version of [
      'networking.smh.solo.io/v1alpha2',
      'networking.mesh.gloo.solo.io/v1alpha2',
      'networking.mesh.gloo.solo.io/v1',
    ]) {
      it(`returns one shape for the settings of ${version}`, () => {
        for (const spec of [{ ...selector, ...settings }, whole]) {
          const decoded = trafficPolicy(spec, version);
          assert.deepEqual(lines(decoded), []);
          assert.deepEqual(decoded.resource?.spec, whole);
        }
      });
    }

    it('uses a setting under policy if it is in both places, with a warning', () => {
      const decoded = trafficPolicy({
        requestTimeout: '1s',
        retries: { attempts: 1 },
        policy: { requestTimeout: '2s' },
      });
      assert.deepEqual(decoded.resource?.spec, { policy: { requestTimeout: '2s', retries: { attempts: 1 } } });
      assert.deepEqual(lines(decoded), [
        'warning RepeatedField spec.requestTimeout: requestTimeout is set in spec and in spec.policy. The one in spec.policy applies. Remove the other one.',
      ]);
    });

    it('finds the place of a setting in the document', () => {
      const direct = raw('networking.smh.solo.io/v1alpha2', 'TrafficPolicy', { spec: { retries: { attempts: 1 } } });
      assert.deepEqual(writtenPath(direct, ['spec', 'policy', 'retries', 'attempts']), ['spec', 'retries', 'attempts']);
      assert.deepEqual(writtenPath(direct, ['spec', 'policy']), ['spec']);
      assert.deepEqual(writtenPath(direct, ['spec', 'policy', 'mirror']), ['spec', 'policy', 'mirror']);
      const nested = raw('networking.mesh.gloo.solo.io/v1', 'TrafficPolicy', { spec: { policy: { retries: {} } } });
      assert.deepEqual(writtenPath(nested, ['spec', 'policy', 'retries']), ['spec', 'policy', 'retries']);
      assert.deepEqual(writtenPath(nested, ['spec', 'sourceSelector']), ['spec', 'sourceSelector']);
    });
  });

  it('never accesses a prototype', () => {
    const spec = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    ) as unknown;
    assert.equal(Object.getPrototypeOf(failoverService(spec).resource?.spec), Object.prototype);
    const labels = JSON.parse('{"__proto__": "x"}') as unknown;
    const selected = trafficPolicy({ destinationSelector: [{ kubeServiceMatcher: { labels } }] });
    const matcher =
      selected.kind === 'TrafficPolicy'
        ? selected.resource.spec?.destinationSelector?.[0]?.kubeServiceMatcher
        : undefined;
    assert.equal(Object.getPrototypeOf(matcher?.labels), Object.prototype);
    assert.equal(({} as { readonly polluted?: boolean }).polluted, undefined);
  });

  it('never throws and never changes the document', () => {
    const kinds = fc.constantFrom(
      ['networking.smh.solo.io/v1alpha2', 'FailoverService'],
      ['networking.mesh.gloo.solo.io/v1', 'TrafficPolicy'],
      ['networking.gloo.solo.io/v2', 'VirtualDestination'],
      ['resilience.policy.gloo.solo.io/v2', 'FailoverPolicy'],
      ['discovery.mesh.gloo.solo.io/v1', 'Destination'],
      ['discovery.k8s.io/v1', 'EndpointSlice'],
      ['v1', 'Service'],
    );
    const fields = fc.constantFrom(
      'spec',
      'port',
      'policy',
      'config',
      'kubeService',
      'endpoints',
      'ports',
      'hosts',
      'x',
    );
    const body = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, 0, -1, 1.5, 1e10, '', '5s', '80', 'HTTP'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fields, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(kinds, fc.dictionary(fields, body, { maxKeys: 4 }), ([apiVersion = '', kind = ''], document) => {
        const before = JSON.stringify(document);
        const decoded = decode(raw(apiVersion, kind, document));
        assert.equal(JSON.stringify(document), before);
        const errors = decoded.diagnostics.filter(({ severity }) => severity === 'error');
        assert.equal(decoded.resource?.spec === undefined, errors.length > 0);
      }),
    );
  });
});
