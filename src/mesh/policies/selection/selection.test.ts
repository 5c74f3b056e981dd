import assert from 'node:assert/strict';
import type { Resource } from '../../../api/resource.js';
import { formatPath } from '../../../api/diagnostic.js';
import type { DestinationSelectorV2, RouteSelector, WorkspaceSpec } from '../../../generated/resources.js';
import { createWorld, destination, failoverService, resource } from '../../../testing/world.js';
import type { PolicyTables } from './policy-targets.js';

const ports = [
  { port: 80, name: 'http' },
  { port: 9000, name: 'grpc' },
];

function labelled<Spec>(
  subject: Resource<Spec>,
  labels: Readonly<Record<string, string>>,
  cluster?: string,
): Resource<Spec> {
  return { ...subject, labels, annotations: cluster === undefined ? {} : { 'cluster.solo.io/cluster': cluster } };
}

function virtualDestination(
  name: string,
  labels: Readonly<Record<string, string>>,
  cluster?: string,
): Resource<unknown> {
  const spec = {
    hosts: [`${name}.vd`],
    services: [{ name: 'reviews' }],
    ports: [{ number: 80, name: 'web' }, { number: 9000 }],
  };
  return {
    ...labelled(resource('VirtualDestination', name, spec), labels, cluster),
    apiVersion: 'networking.gloo.solo.io/v2',
  };
}

const external: Resource<unknown> = labelled(
  resource('Destination', 'mail', {
    externalService: { hosts: ['mail.example.com'], ports: [{ number: 80, name: 'http' }] },
  }),
  { app: 'mail' },
);

const world = [
  destination('reviews', 'east', { ports }),
  destination('ratings', 'west', { ports }),
  external,
  virtualDestination('shop', { tier: 'front' }),
  virtualDestination('cart', { tier: 'back' }, 'east'),
  labelled(failoverService('legacy', ['reviews@east', 'ratings@west']), { tier: 'front' }),
];

type Policies = 'outlierDetectionPolicies' | 'failoverPolicies' | 'retryTimeoutPolicies';

const tables: Readonly<Record<string, Policies>> = {
  OutlierDetectionPolicy: 'outlierDetectionPolicies',
  FailoverPolicy: 'failoverPolicies',
  RetryTimeoutPolicy: 'retryTimeoutPolicies',
};

interface Outcome {
  /** Names of what is selected, with the ports after a colon. */
  readonly selected: readonly string[];
  readonly findings: readonly string[];
}

function outcome(policy: Resource<unknown>, ...others: readonly Resource<unknown>[]): Outcome {
  const { graph, model } = createWorld(...world, ...others, policy);
  const { findings, selected, selectionWarnings } = model.virtualDestinationPolicies[
    tables[policy.ref.kind] ?? 'failoverPolicies'
  ] as unknown as PolicyTables<string, unknown>;
  const key = `${policy.ref.name}.${policy.ref.namespace}`;
  const all = [...(graph.read(findings, key) ?? []), ...(graph.read(selectionWarnings, key) ?? [])];
  return {
    selected: [...(graph.read(selected, key)?.values() ?? [])].map(
      ({ target, ports: numbers }) => `${target.split('/').at(-1) ?? ''}${numbers ? `:${numbers.join('+')}` : ''}`,
    ),
    findings: all.map(({ severity, code, path, message }) => `${severity} ${code} ${formatPath(path)}: ${message}`),
  };
}

function detection(...applyToDestinations: readonly DestinationSelectorV2[]): Resource<unknown> {
  return resource('OutlierDetectionPolicy', 'p', { applyToDestinations, config: {} });
}

function retries(...applyToRoutes: readonly RouteSelector[]): Resource<unknown> {
  return resource('RetryTimeoutPolicy', 'p', { applyToRoutes, config: { requestTimeout: '1s' } });
}

const [REVIEWS, RATINGS, MAIL] = ['reviews-app-east.failover', 'ratings-app-west.failover', 'mail.failover'];
const VIRTUAL = 'VIRTUAL_DESTINATION';

describe('the selection of a policy', () => {
  const cases: readonly (readonly [string, Resource<unknown>, readonly (string | undefined)[]])[] = [
    ['everything of its kinds without selectors', detection(), [MAIL, RATINGS, REVIEWS, 'cart', 'shop']],
    ['services', detection({ kind: 'SERVICE' }), [RATINGS, REVIEWS]],
    ['external services', detection({ kind: 'EXTERNAL_SERVICE' }), [MAIL]],
    ['by name', detection({ kind: VIRTUAL, selector: { name: 'shop' } }), ['shop']],
    ['by namespace', detection({ selector: { namespace: 'app' } }), [RATINGS, REVIEWS]],
    ['by cluster', detection({ selector: { cluster: 'east' } }), [REVIEWS, 'cart']],
    ['by labels', detection({ kind: VIRTUAL, selector: { labels: { tier: 'back' } } }), ['cart']],
    ['by labels of an external service', detection({ selector: { labels: { app: 'mail' } } }), [MAIL]],
    ['nothing of a workspace where there is none', detection({ selector: { workspace: 'w' } }), []],
    ['by number of a port', detection({ kind: VIRTUAL, port: { number: 9000 } }), ['cart:9000', 'shop:9000']],
    ['by name of a port', detection({ selector: { name: 'reviews' }, port: { name: 'grpc' } }), [`${REVIEWS}:9000`]],
    [
      'by name of a port of a VirtualDestination',
      detection({ kind: VIRTUAL, port: { name: 'web' } }),
      ['cart:80', 'shop:80'],
    ],
    ['nothing by a port that there is not', detection({ kind: VIRTUAL, port: { number: 1 } }), []],
    [
      'the ports of any of its selectors',
      detection(
        { kind: VIRTUAL, port: { number: 80 }, selector: { name: 'shop' } },
        { kind: VIRTUAL, port: { number: 9000 } },
      ),
      ['cart:9000', 'shop:80+9000'],
    ],
    ['routes of failover destinations without selectors', retries(), ['legacy', 'cart', 'shop']],
    [
      'routes by the labels of what they are made for',
      retries({ route: { labels: { tier: 'front' } } }),
      ['legacy', 'shop'],
    ],
    ['routes by namespace', retries({ route: { namespace: 'elsewhere' } }), []],
    ['routes by cluster', retries({ route: { cluster: 'east' } }), ['cart']],
    ['no routes of a workspace where there is none', retries({ route: { workspace: 'nowhere' } }), []],
    [
      'routes by what they lead to',
      retries({ withDestinations: { kind: VIRTUAL, selector: { name: 'shop' } } }),
      ['shop'],
    ],
    [
      'routes to services',
      retries({ withDestinations: { kind: 'SERVICE', selector: { name: 'reviews' }, port: { number: 80 } } }),
      [`${REVIEWS}:80`],
    ],
  ];
  for (const [name, policy, expected] of cases) {
    it(name, () => {
      assert.deepEqual(outcome(policy).selected, expected);
    });
  }
});

describe('a selector with an impossible value', () => {
  const wildcard = 'Selectors do not support wildcards. Remove the field to select all.';
  const cases: readonly (readonly [DestinationSelectorV2, string])[] = [
    [
      { selector: { name: '' } },
      'selector.name: "" is not the name of an object, so nothing is selected. Remove the field to select all.',
    ],
    [
      { selector: { name: 'rev*' } },
      `selector.name: "rev*" is not the name of an object, so nothing is selected. ${wildcard}`,
    ],
    [
      { selector: { namespace: '*' } },
      `selector.namespace: "*" is not the name of an object, so nothing is selected. ${wildcard}`,
    ],
    [
      { selector: { cluster: '' } },
      'selector.cluster: "" is not a name, so nothing is selected. Remove the field to select all.',
    ],
    [{ selector: { workspace: '*' } }, `selector.workspace: "*" is not a name, so nothing is selected. ${wildcard}`],
    [
      { selector: { labels: { app: '*' } } },
      `selector.labels.app: "*" is not the value of a label, so nothing is selected. ${wildcard}`,
    ],
    [
      { selector: { labels: { '': 'x' } } },
      'selector.labels.: "" is not the key of a label, so nothing is selected. Remove the field to select all.',
    ],
    [{ port: {} }, 'port: A port needs a number or a name. Remove it to select all ports.'],
  ];
  for (const [selector, expected] of cases) {
    it(`is an error, and selects nothing: ${expected.split(':')[0] ?? ''} ${JSON.stringify(selector)}`, () => {
      const { selected, findings } = outcome(detection(selector));
      assert.deepEqual(selected, []);
      assert.deepEqual(findings, [`error InvalidSelector spec.applyToDestinations[0].${expected}`]);
    });
  }

  it('is an error also in a selector of routes', () => {
    assert.equal(outcome(retries({ route: { namespace: '*' } })).findings.length, 1);
    assert.equal(outcome(retries({ withDestinations: { selector: { name: '' } } })).findings.length, 1);
    assert.deepEqual(outcome(retries({})).selected, []);
  });
});

describe('a selector that selects nothing', () => {
  const cases: readonly (readonly [Resource<unknown>, string])[] = [
    [
      detection({ kind: VIRTUAL, selector: { name: 'shopp' } }),
      'No valid VirtualDestination has name "shopp", so the selector selects nothing. Did you mean "shop"?',
    ],
    [
      detection({ kind: VIRTUAL, selector: { labels: { tiers: 'front' } } }),
      'No valid VirtualDestination has label tiers=front, so the selector selects nothing. Did you mean the label "tier"?',
    ],
    [
      detection({ kind: VIRTUAL, selector: { labels: { tier: 'fron' } } }),
      'No valid VirtualDestination has label tier=fron, so the selector selects nothing. Did you mean tier=front?',
    ],
    [
      detection({ kind: VIRTUAL, selector: { labels: { tier: 'x' } } }),
      'No valid VirtualDestination has label tier=x, so the selector selects nothing. The label tier has the value back, front.',
    ],
    [
      detection({ kind: 'SERVICE', selector: { namespace: 'apps' } }),
      'No valid service has namespace apps, so the selector selects nothing. Did you mean "app"?',
    ],
    [
      detection({ kind: 'SERVICE', selector: { cluster: 'south' } }),
      'No valid service has cluster south, so the selector selects nothing. They are in cluster east, west.',
    ],
    [
      detection({ kind: 'SERVICE', selector: { name: 'reviews', cluster: 'west' } }),
      'No valid service has name "reviews" and cluster west, so the selector selects nothing. It is in namespace app of cluster east.',
    ],
    [
      detection({ kind: VIRTUAL, port: { number: 1 } }),
      'The matching objects (cart.failover, shop.failover) have no port 1, so the selector selects nothing. Their ports are 80, 9000.',
    ],
    [
      detection({ selector: { workspace: 'w' } }),
      'There is no Workspace, so nothing is in workspace "w" and the selector selects nothing. Remove workspace.',
    ],
  ];
  for (const [policy, message] of cases) {
    it(message, () => {
      assert.deepEqual(outcome(policy).findings, [`warning SelectsNothing spec.applyToDestinations[0]: ${message}`]);
    });
  }

  it('gets a finding, even if other selectors select something', () => {
    const { selected, findings } = outcome(detection({ kind: 'SERVICE' }, { kind: VIRTUAL, selector: { name: 'x' } }));
    assert.deepEqual(selected, [RATINGS, REVIEWS]);
    assert.equal(findings.length, 1);
  });
});

describe('workspaces', () => {
  type Clusters = NonNullable<WorkspaceSpec['workloadClusters']>;

  function workspace(name: string, ...workloadClusters: Clusters): Resource<WorkspaceSpec> {
    return resource('Workspace', name, { workloadClusters });
  }

  const own = { namespaces: [{ name: 'failover' }] };
  const namespaceOf = (cluster: string, labels: Readonly<Record<string, string>>): Resource<unknown> => {
    const subject = labelled(resource('Namespace', 'app', {}), labels, cluster);
    return { ...subject, ref: { kind: 'Namespace', namespace: '', name: 'app', cluster } };
  };
  const failoverOnly = [MAIL, 'cart', 'shop'];

  const cases: readonly (readonly [string, readonly Resource<unknown>[], readonly (string | undefined)[]])[] = [
    ['keep a policy to its own namespaces', [workspace('w', own)], failoverOnly],
    [
      'span clusters and namespaces by name',
      [workspace('w', own, { name: 'east', namespaces: [{ name: 'app' }] })],
      [MAIL, REVIEWS, 'cart', 'shop'],
    ],
    [
      'span clusters by pattern',
      [workspace('w', own, { name: '*st', namespaces: [{ name: 'app' }] })],
      [MAIL, RATINGS, REVIEWS, 'cart', 'shop'],
    ],
    [
      'span namespaces by pattern',
      [workspace('w', own, { name: 'west', namespaces: [{ name: 'a*' }] })],
      [MAIL, RATINGS, 'cart', 'shop'],
    ],
    [
      'take a pattern for no more than it says',
      [workspace('w', own, { name: 'ea*', namespaces: [{ name: 'b*' }] })],
      failoverOnly,
    ],
    ['span whole clusters', [workspace('w', own, { name: 'east' })], [MAIL, REVIEWS, 'cart', 'shop']],
    [
      'span namespaces by label',
      [workspace('w', own, { namespaces: [{ labels: { team: 'x' } }] }), namespaceOf('west', { team: 'x' })],
      [MAIL, RATINGS, 'cart', 'shop'],
    ],
    [
      'ask for all of the labels',
      [
        workspace('w', own, { namespaces: [{ labels: { team: 'x', stage: 'y' } }] }),
        namespaceOf('west', { team: 'x' }),
      ],
      failoverOnly,
    ],
    [
      'ask for name and labels',
      [
        workspace('w', own, { namespaces: [{ name: 'b*', labels: { team: 'x' } }] }),
        namespaceOf('west', { team: 'x' }),
      ],
      failoverOnly,
    ],
    [
      'know the label that every namespace has',
      [workspace('w', own, { name: 'west', namespaces: [{ labels: { 'kubernetes.io/metadata.name': 'app' } }] })],
      [MAIL, RATINGS, 'cart', 'shop'],
    ],
    ['know no labels of clusters', [workspace('w', own, { selector: { env: 'prod' } })], failoverOnly],
    ['read no policies where that is switched off', [workspace('w', { ...own, configEnabled: false })], []],
    [
      'read no policies from a namespace where that is switched off',
      [workspace('w', { namespaces: [{ name: 'failover', configEnabled: false }] })],
      [],
    ],
    ['have nothing for a policy that is in none of them', [workspace('w', { namespaces: [{ name: 'app' }] })], []],
    [
      'leave to the first by name what several have',
      [workspace('a', { namespaces: [{ name: 'app' }] }), workspace('w', own, { name: '*' })],
      failoverOnly,
    ],
    ['are closed by what is wrong with them', [workspace('w', own, { namespaces: [{}] })], []],
    ['are closed by what cannot be a pattern', [workspace('w', own, { name: '', namespaces: [{ name: '*' }] })], []],
  ];
  for (const [name, workspaces, expected] of cases) {
    it(name, () => {
      assert.deepEqual(outcome(detection(), ...workspaces).selected, expected);
    });
  }

  it('can be conditions of a selector', () => {
    assert.deepEqual(outcome(detection({ selector: { workspace: 'w' } }), workspace('w', own)).selected, failoverOnly);
    assert.deepEqual(
      outcome(detection({ selector: { workspace: 'x' } }), workspace('w', own), workspace('x', { name: 'east' }))
        .selected,
      [],
    );
  });

  it('limit retries and the order of failover too', () => {
    const elsewhere = [workspace('a', { namespaces: [{ name: 'team' }] }), workspace('w', own)];
    const policy = (kind: string, spec: object): Resource<unknown> => {
      const subject = resource(kind, 'p', spec);
      return { ...subject, ref: { ...subject.ref, namespace: 'team' } };
    };
    for (const subject of [
      policy('FailoverPolicy', {}),
      policy('RetryTimeoutPolicy', { config: { requestTimeout: '1s' } }),
      policy('OutlierDetectionPolicy', {}),
    ]) {
      assert.notDeepEqual(outcome(subject).selected, []);
      assert.deepEqual(outcome(subject, ...elsewhere).selected, []);
    }
  });

  it('are named if they leave no target to a policy', () => {
    const outside = workspace('w', { namespaces: [{ name: 'app' }] });
    assert.deepEqual(outcome(detection(), outside).findings, [
      'warning SelectsNothing metadata.namespace: No Workspace has namespace failover, so the policy selects nothing. Add the namespace to a Workspace.',
    ]);
    assert.deepEqual(outcome(detection(), workspace('w', { ...own, configEnabled: false })).findings, [
      'warning SelectsNothing metadata.namespace: Workspace w ignores policies in namespace failover (configEnabled: false), so the policy selects nothing.',
    ]);
    assert.deepEqual(outcome(detection({ kind: 'SERVICE' }), workspace('w', own)).findings, [
      `warning SelectsNothing spec.applyToDestinations[0]: The matching objects (${RATINGS}, ${REVIEWS}) are not in workspace w, where the policy is, so the selector selects nothing.`,
    ]);
    assert.deepEqual(outcome(detection({ selector: { workspace: 'ww' } }), workspace('w', own)).findings, [
      'warning SelectsNothing spec.applyToDestinations[0]: The policy is in workspace w and selects nothing of workspace "ww".',
    ]);
  });
});
