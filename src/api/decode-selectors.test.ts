import assert from 'node:assert/strict';
import { createDecode } from './decode.js';

const decode = createDecode();

/** `severity code path: message` of each finding, and whether the resource has a spec, so that it can be put in force. */
function decoded(
  apiVersion: string,
  kind: string,
  body: object,
): { readonly lines: readonly string[]; readonly usable: boolean } {
  const metadata = { name: 'a', namespace: 'ns', labels: {}, annotations: {} };
  const document = { apiVersion, kind, metadata, ...body };
  const locate = (): never => assert.fail('decoding asks for no positions');
  const { diagnostics, resource } = decode({ apiVersion, kind, metadata, document, generation: 1, arrival: 1, locate });
  const lines = diagnostics.map(
    ({ severity, code, path, message }) => `${severity} ${code} ${path.join('.')}: ${message}`,
  );
  return { lines, usable: resource?.spec !== undefined };
}

const versions: Readonly<Record<string, string>> = {
  TrafficPolicy: 'networking.mesh.gloo.solo.io/v1',
  VirtualMesh: 'networking.mesh.gloo.solo.io/v1',
  VirtualDestination: 'networking.enterprise.mesh.gloo.solo.io/v1beta1',
  Workspace: 'admin.gloo.solo.io/v2',
  Mesh: 'discovery.mesh.gloo.solo.io/v1',
  Destination: 'discovery.mesh.gloo.solo.io/v1',
};
const RESILIENCE = 'resilience.policy.gloo.solo.io/v2';
const V2 = 'networking.gloo.solo.io/v2';

function ofSpec(kind: string, spec: object, apiVersion = versions[kind] ?? RESILIENCE): ReturnType<typeof decoded> {
  return decoded(apiVersion, kind, { spec });
}

const config = { consecutiveErrors: 2 };

describe('a selector with an unknown or empty field', () => {
  const cases: readonly (readonly [kind: string, spec: object, field: string, apiVersion?: string])[] = [
    [
      'OutlierDetectionPolicy',
      { applyToDestinations: [{ selector: { lables: { app: 'x' } } }], config },
      'spec.applyToDestinations.0.selector.lables',
    ],
    [
      'OutlierDetectionPolicy',
      { applyToDestinations: [{ selectors: { name: 'x' } }], config },
      'spec.applyToDestinations.0.selectors',
    ],
    [
      'OutlierDetectionPolicy',
      { applyToDestinations: [{ port: { nummer: 80 } }], config },
      'spec.applyToDestinations.0.port.nummer',
    ],
    [
      'FailoverPolicy',
      { applyToDestinations: [{ selector: { matchLabels: { app: 'x' } } }] },
      'spec.applyToDestinations.0.selector.matchLabels',
    ],
    [
      'FailoverPolicy',
      { applyToDestinations: [{ selector: { matchExpressions: [] } }] },
      'spec.applyToDestinations.0.selector.matchExpressions',
    ],
    [
      'FailoverPolicy',
      { applyToDestinations: [{}], config: { localityMappings: [{ from: { region: 'a', zoen: 'b' }, to: [] }] } },
      'spec.config.localityMappings.0.from.zoen',
    ],
    [
      'RetryTimeoutPolicy',
      { applyToRoutes: [{ routes: { labels: {} } }], config: { requestTimeout: '1s' } },
      'spec.applyToRoutes.0.routes',
    ],
    [
      'RetryTimeoutPolicy',
      { applyToRoutes: [{ route: { name: 'x' } }], config: { requestTimeout: '1s' } },
      'spec.applyToRoutes.0.route.name',
    ],
    [
      'TrafficPolicy',
      { destinationSelector: [{ kubeServiceMatcher: { label: { app: 'x' } } }] },
      'spec.destinationSelector.0.kubeServiceMatcher.label',
    ],
    [
      'TrafficPolicy',
      { destinationSelector: [{ kubeServiceRefs: { services: [{ name: 'x', cluster: 'y' }] } }] },
      'spec.destinationSelector.0.kubeServiceRefs.services.0.cluster',
    ],
    [
      'TrafficPolicy',
      { destinationSelector: [], sourceSelector: [{ kubeWorkloadMatcher: { namespace: 'x' } }] },
      'spec.sourceSelector.0.kubeWorkloadMatcher.namespace',
    ],
    [
      'TrafficPolicy',
      { destinationSelector: [], sourceSelector: [{ labls: {} }] },
      'spec.sourceSelector.0.labls',
      'networking.smh.solo.io/v1alpha2',
    ],
    [
      'TrafficPolicy',
      { destinationSelector: [], httpRequestMatchers: [{ path: '/x' }] },
      'spec.httpRequestMatchers.0.path',
    ],
    [
      'TrafficPolicy',
      { destinationSelector: [], policy: { faultInjection: { abort: { httpStatus: 500 }, percent: 1 } } },
      'spec.policy.faultInjection.percent',
    ],
    [
      'TrafficPolicy',
      {
        destinationSelector: [],
        policy: { trafficShift: { destinations: [{ kubeService: { name: 'x', subsets: {} } }] } },
      },
      'spec.policy.trafficShift.destinations.0.kubeService.subsets',
    ],
    [
      'VirtualDestination',
      { localized: { destinationSelectors: [{ kubeServiceMatcher: { lables: {} } }] } },
      'spec.localized.destinationSelectors.0.kubeServiceMatcher.lables',
    ],
    ['VirtualDestination', { meshList: { mesh: [] } }, 'spec.meshList.mesh'],
    ['VirtualDestination', { virtualMesh: { name: 'x', nameSpace: 'y' } }, 'spec.virtualMesh.nameSpace'],
    ['VirtualDestination', { services: [{ label: { app: 'x' } }] }, 'spec.services.0.label', V2],
    [
      'Workspace',
      { workloadClusters: [{ name: '*', namespace: [{ name: 'x' }] }] },
      'spec.workloadClusters.0.namespace',
    ],
    [
      'Workspace',
      { workloadClusters: [{ namespaces: [{ names: 'x' }] }] },
      'spec.workloadClusters.0.namespaces.0.names',
    ],
    [
      'VirtualMesh',
      { meshes: [], federation: { selectors: [{ destinations: [] }] } },
      'spec.federation.selectors.0.destinations',
    ],
  ];
  for (const [kind, spec, field, apiVersion] of cases) {
    it(`is an error of its ${kind}: ${field}`, () => {
      const { lines, usable } = ofSpec(kind, spec, apiVersion);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.ok(lines[0]?.startsWith(`error UnknownField ${field}: `), lines[0]);
      assert.equal(usable, false);
    });
  }

  it('has a message with a suggestion or a list of the existing fields', () => {
    assert.deepEqual(ofSpec('FailoverPolicy', { applyToDestinations: [{ selector: { lables: {} } }] }).lines, [
      'error UnknownField spec.applyToDestinations.0.selector.lables: The field "lables" does not exist in this selector. The selector selects nothing until you correct it. Did you mean "labels"?',
    ]);
    assert.deepEqual(
      ofSpec('FailoverPolicy', { applyToDestinations: [{ selector: { matchExpressions: [] } }] }).lines,
      [
        'error UnknownField spec.applyToDestinations.0.selector.matchExpressions: The field "matchExpressions" does not exist in this selector. The selector selects nothing until you correct it. It takes labels, name, namespace, cluster, workspace.',
      ],
    );
  });

  it('is an error if the field has no value', () => {
    const sentence =
      'has no value. Without a value the selector could select everything. Set a value or remove the field.';
    for (const [spec, field] of [
      [{ applyToDestinations: null, config }, 'spec.applyToDestinations'],
      [{ applyToDestinations: [{ selector: null }], config }, 'spec.applyToDestinations[0].selector'],
      [{ applyToDestinations: [{ selector: { name: null } }], config }, 'spec.applyToDestinations[0].selector.name'],
    ] as const) {
      const { lines, usable } = ofSpec('OutlierDetectionPolicy', spec);
      assert.deepEqual(lines, [`error InvalidSelector ${field.replaceAll(/\[(\d)\]/g, '.$1')}: ${field} ${sentence}`]);
      assert.equal(usable, false);
    }
    assert.deepEqual(
      ofSpec('OutlierDetectionPolicy', { applyToDestinations: [], config: { consecutiveErrors: null } }).lines,
      [],
    );
  });
});

describe('an unknown field next to a missing selector', () => {
  const cases: readonly (readonly [kind: string, spec: object, field: string, meant: string])[] = [
    ['OutlierDetectionPolicy', { applyToDestination: [{}], config }, 'applyToDestination', 'applyToDestinations'],
    ['OutlierDetectionPolicy', { targetRefs: [{}], config }, 'targetRefs', 'applyToDestinations'],
    [
      'OutlierDetectionPolicy',
      { config: { ...config, applyToDestinations: [] } },
      'config.applyToDestinations',
      'applyToDestinations',
    ],
    ['FailoverPolicy', { selector: { name: 'x' } }, 'selector', 'applyToDestinations'],
    ['RetryTimeoutPolicy', { applyToRoute: [{}], config: { requestTimeout: '1s' } }, 'applyToRoute', 'applyToRoutes'],
    ['TrafficPolicy', { destinationSelectors: [{}] }, 'destinationSelectors', 'destinationSelector'],
    ['TrafficPolicy', { destinationSelector: [{}], sourceSelectors: [{}] }, 'sourceSelectors', 'sourceSelector'],
    ['TrafficPolicy', { destinationSelector: [{}], sources: [{}] }, 'sources', 'sourceSelector'],
    ['TrafficPolicy', { destinationSelector: [{}], matchers: [{}] }, 'matchers', 'httpRequestMatchers'],
    ['VirtualDestination', { virtualMeshes: [] }, 'virtualMeshes', 'virtualMesh'],
    ['VirtualDestination', { meshes: [] }, 'meshes', 'meshList'],
  ];
  for (const [kind, spec, field, meant] of cases) {
    it(`is an error of its ${kind}: ${field}`, () => {
      const { lines, usable } = ofSpec(kind, spec);
      const name = field.split('.').at(-1) ?? '';
      const message = `The field "${name}" does not exist here. Without ${meant} the resource would apply to everything, so it is not used. Did you mean "${meant}"?`;
      assert.deepEqual(lines, [`error UnknownField spec.${field}: ${message}`]);
      assert.equal(usable, false);
    });
  }

  it('is an error of a policy without a spec', () => {
    const { lines, usable } = decoded(RESILIENCE, 'OutlierDetectionPolicy', { specs: { config } });
    assert.equal(lines.length, 1);
    assert.ok(lines[0]?.startsWith('error UnknownField specs: '));
    assert.equal(usable, false);
  });

  it('is a warning if it cannot extend the selection', () => {
    for (const [kind, spec] of [
      ['OutlierDetectionPolicy', { applyToDestinations: [{}], configuration: {} }],
      ['OutlierDetectionPolicy', { config: { ...config, intervall: '1s' } }],
      ['TrafficPolicy', { destinationSelector: [{}], requestTimeot: '1s' }],
      ['VirtualDestination', { hostnme: 'x' }],
    ] as const) {
      const { lines, usable } = ofSpec(kind, spec);
      assert.ok(lines[0]?.startsWith('warning UnknownField '), lines[0]);
      assert.equal(usable, true);
    }
  });
});

describe('fields that exclude each other', () => {
  const name = { name: 'x', namespace: 'y' };
  const cases: readonly (readonly [kind: string, spec: object, path: string, fields: string, apiVersion?: string])[] = [
    ['VirtualDestination', { static: {}, localized: {} }, 'localized', 'static and localized'],
    ['VirtualDestination', { localized: {}, static: {} }, 'static', 'static and localized'],
    ['VirtualDestination', { virtualMesh: name, meshList: {} }, 'meshList', 'virtualMesh and meshList'],
    [
      'VirtualDestination',
      { port: { targetNumber: 1, targetName: 'x' } },
      'port.targetName',
      'targetName and targetNumber',
    ],
    [
      'VirtualDestination',
      { ports: [{ targetPort: { number: 1, name: 'x' } }] },
      'ports.0.targetPort.name',
      'number and name',
      V2,
    ],
    [
      'VirtualDestination',
      { clientMode: { auto: {}, sniRouting: {} } },
      'clientMode.sniRouting',
      'auto and sniRouting',
      V2,
    ],
    [
      'TrafficPolicy',
      {
        destinationSelector: [],
        policy: {
          trafficShift: { destinations: [{ kubeService: name, virtualDestination: name, failoverService: name }] },
        },
      },
      'policy.trafficShift.destinations.0.virtualDestination',
      'kubeService, virtualDestination and failoverService',
    ],
    [
      'TrafficPolicy',
      { destinationSelector: [], faultInjection: { fixedDelay: '1s', abort: {} } },
      'faultInjection.abort',
      'fixedDelay and abort',
    ],
    [
      'TrafficPolicy',
      { destinationSelector: [], httpRequestMatchers: [{ prefix: '/', exact: '/a' }] },
      'httpRequestMatchers.0.exact',
      'prefix and exact',
    ],
    [
      'TrafficPolicy',
      { destinationSelector: [], httpRequestMatchers: [{ uri: { suffix: 'a', regex: 'b' } }] },
      'httpRequestMatchers.0.uri.regex',
      'regex and suffix',
    ],
    [
      'OutlierDetectionPolicy',
      { applyToDestinations: [{ port: { number: 1, name: 'x' } }] },
      'applyToDestinations.0.port.name',
      'number and name',
    ],
    [
      'RetryTimeoutPolicy',
      { applyToRoutes: [{ route: {}, withDestinations: {} }] },
      'applyToRoutes.0.withDestinations',
      'route and withDestinations',
    ],
    ['VirtualMesh', { mtlsConfig: { shared: {}, limited: {} } }, 'mtlsConfig.limited', 'shared and limited'],
    ['Mesh', { istio: {}, osm: {} }, 'osm', 'istio and osm'],
    ['Destination', { kubeService: {}, externalService: {} }, 'externalService', 'kubeService and externalService'],
  ];
  for (const [kind, spec, path, fields, apiVersion] of cases) {
    it(`are an error of a ${kind}: ${fields}`, () => {
      const { lines, usable } = ofSpec(kind, spec, apiVersion);
      assert.deepEqual(lines, [
        `error ExclusiveFields spec.${path}: ${fields} exclude each other. Set only one of them.`,
      ]);
      assert.equal(usable, false);
    });
  }

  it('are allowed if all but one are null', () => {
    assert.deepEqual(ofSpec('VirtualDestination', { static: {}, localized: null }).lines, []);
  });
});
