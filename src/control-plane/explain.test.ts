import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readCase } from '../testing/case.js';
import { TESTDATA } from '../testing/golden.js';
import { createWorld, destination, failoverService, NAMESPACE, resource, trafficPolicy } from '../testing/world.js';
import type { Resource } from '../api/resource.js';
import type { ExplainQuery, ExplainResult, Unexplained } from './api/api.js';
import { createControlPlane } from './control-plane.js';
import { explainFor } from './explain/explain.js';

function explain(golden: string, query: ExplainQuery): ExplainResult {
  const controlPlane = createControlPlane();
  controlPlane.apply(readCase(join(TESTDATA, 'golden', golden)).first);
  const result = controlPlane.explain(query);
  if ('error' in result) throw new Error(result.error);
  return result;
}

function explainWorld(query: ExplainQuery, resources: readonly Resource<unknown>[]): ExplainResult | Unexplained {
  const { graph, model } = createWorld(...resources);
  return explainFor(graph, model, query);
}

function summary({ tiers }: ExplainResult): readonly (readonly [number, string])[] {
  return tiers.map(({ share, rule }) => [share, rule]);
}

describe('explain', () => {
  it('shows the listed order of a FailoverService', () => {
    const result = explain('guide', {
      hostname: 'reviews-failover.bookinfo.global',
      region: 'us-east-1',
      cluster: 'mgmt-cluster',
    });
    assert.deepEqual(summary(result), [
      [100, '1. reviews.bookinfo.mgmt-cluster'],
      [0, '2. reviews.bookinfo.remote-cluster'],
    ]);
    assert.equal(result.port, 9080);
    assert.deepEqual(result.down, []);
  });

  it('shows distance and mappings', () => {
    const result = explain('localized', { hostname: 'directives.global', region: 'us-east', zone: 'us-east-1a' });
    assert.deepEqual(summary(result), [
      [100, 'same region, zone and sub-zone (mapping from us-east)'],
      [0, 'same region (mapping from us-east)'],
      [0, 'to us-west (mapping from us-east)'],
    ]);
  });

  it('shows the policy, and distributes by its weights', () => {
    const result = explain('localized', { hostname: 'distributed.mesh.internal', port: 80, region: 'us-east' });
    assert.deepEqual(summary(result), [
      [100, 'distributed by weight (mapping from us-east), by FailoverPolicy weights.bookinfo'],
    ]);
    const shares = result.tiers[0]?.localities.map(({ region, weight, share }) => [region, weight, share]);
    assert.deepEqual(shares, [
      ['us-east', 1, 25],
      ['us-east', 1, 25],
      ['us-west', 2, 50],
    ]);
  });

  it('shows labels', () => {
    const result = explain('localized', { hostname: 'labelled.global', region: 'us-west' });
    const rules = result.tiers.map(({ rule }) => rule.replace(', by FailoverPolicy labels.bookinfo', ''));
    assert.deepEqual(rules, [
      'version=v1, topology.kubernetes.io/region=eu',
      'version=v1',
      'topology.kubernetes.io/region=eu',
      'none of the priority labels',
    ]);
  });

  it('shows how a tier spills over if endpoints are not ready, across the clusters of an aggregate', () => {
    const result = explain('aggregate', { hostname: 'api.global', region: 'r1' });
    assert.deepEqual(
      result.tiers.map(({ share }) => share),
      [70, 30],
    );
    assert.match(
      result.tiers[0]?.rule ?? '',
      /^1\. api\.app\.east; cluster outbound\|80\|\|api\.global\|api-app-east\.gloo of the aggregate$/,
    );
  });

  it('explains services by every name that the client may use', () => {
    for (const hostname of ['api', 'api.app', 'api.app.svc.east.global']) {
      assert.equal(explain('aggregate', { hostname, region: 'x', cluster: 'east' }).tiers.length, 1, hostname);
    }
  });

  it('uses the client that takes precedence for a hostname, in the given namespace', () => {
    const explained = (query: Omit<ExplainQuery, 'region'>): readonly string[] => {
      const controlPlane = createControlPlane();
      controlPlane.apply(readCase(join(TESTDATA, 'golden', 'claimed-hosts')).first);
      const result = controlPlane.explain({ port: 80, region: 'r1', ...query });
      if ('error' in result) return [result.error];
      return result.tiers.flatMap(({ localities }) =>
        localities.flatMap(({ endpoints }) => endpoints.map(({ address }) => address)),
      );
    };
    assert.deepEqual(explained({ hostname: 'cart.shop', cluster: 'east' }), ['10.1.0.1']);
    assert.deepEqual(explained({ hostname: 'cart.shop', cluster: 'west' }), ['10.9.0.1']);
    assert.deepEqual(explained({ hostname: 'pay.example.com' }), ['192.0.2.3']);
    assert.deepEqual(explained({ hostname: 'desk.example.com', namespace: 'front' }), ['192.0.2.4']);
    assert.deepEqual(explained({ hostname: 'desk.example.com', namespace: 'shop' }), ['192.0.2.5']);
    assert.deepEqual(explained({ hostname: 'cart', namespace: 'front', cluster: 'east' }), ['192.0.2.1']);
    assert.deepEqual(explained({ hostname: 'desk.example.com', namespace: 'none' }), [
      'Nothing serves the hostname desk.example.com for clients in namespace none, but for those of another one.',
    ]);
  });

  it('shows the targets of a traffic shift instead of the host', () => {
    const result = explain('guide', { hostname: 'reviews', cluster: 'mgmt-cluster' });
    const by =
      '100 % shifted to FailoverService reviews-failover.service-mesh-hub by TrafficPolicy reviews-shift-failover.bookinfo';
    assert.deepEqual(summary(result), [
      [100, `${by}; 1. reviews.bookinfo.mgmt-cluster`],
      [0, `${by}; 2. reviews.bookinfo.remote-cluster`],
    ]);
  });

  it('distributes a traffic shift by its weights, with the tiers of each target', () => {
    const endpoints = ['10.0.0.1', '10.0.0.2'];
    const result = explainWorld({ hostname: 'web.app', cluster: 'east' }, [
      destination('web', 'east', { endpoints }),
      destination('empty', 'east'),
      destination('far', 'west', { endpoints: ['10.1.0.1', '10.1.0.2!'] }),
      trafficPolicy('outliers', ['web@east', 'far@west'], { outlierDetection: {} }),
      failoverService('web', ['far@west', 'web@east']),
      trafficPolicy('shift', ['web@east'], {
        trafficShift: {
          destinations: [
            { weight: 60, kubeService: { name: 'web', namespace: 'app', clusterName: 'east' } },
            { weight: 30, failoverService: { name: 'web', namespace: NAMESPACE } },
            { weight: 10, kubeService: { name: 'empty', namespace: 'app', clusterName: 'east' } },
          ],
        },
      }),
    ]);
    assert.ok('tiers' in result, JSON.stringify(result));
    const places = result.tiers.map(({ priority, share, localities }) => [
      priority,
      share,
      localities.flatMap(({ endpoints }) => endpoints.map((of) => [of.address, of.share])),
    ]);
    assert.deepEqual(places, [
      [
        0,
        60,
        [
          ['10.0.0.1', 30],
          ['10.0.0.2', 30],
        ],
      ],
      [
        0,
        21,
        [
          ['10.1.0.1', 21],
          ['10.1.0.2', 0],
        ],
      ],
      [
        1,
        9,
        [
          ['10.0.0.1', 4.5],
          ['10.0.0.2', 4.5],
        ],
      ],
    ]);
    assert.deepEqual(result.findings.slice(0, 1), [
      '10 % of the requests fail: empty.app.east has no endpoint for this client.',
    ]);
  });

  it('reports a hostname that it cannot explain', () => {
    assert.throws(() => explain('guide', { hostname: 'nothing' }), /Nothing serves the hostname nothing\.$/);
    assert.throws(
      () => explain('aggregate', { hostname: 'apii.global' }),
      /^Error: Nothing serves the hostname apii.global. Did you mean "api.global"\?$/,
    );
    assert.throws(
      () => explain('localized', { hostname: 'distributed.global' }),
      /served on the ports 9080, 80: say which one/,
    );
    assert.throws(
      () => explain('guide', { hostname: 'reviews-failover.bookinfo.global', port: 1 }),
      /not served on port 1, but on 9080/,
    );
  });

  it('is an error if the client can reach no endpoint', () => {
    const directives = [{ from: { region: 'east' }, to: [{ region: 'mars' }] }];
    const localized = {
      destinationSelectors: [{ kubeServiceMatcher: { clusters: ['west'] } }],
      failoverDirectives: directives,
    };
    const spec = { hostname: 'web.global', port: { number: 80 }, localized };
    const web = (endpoints: readonly string[]) => destination('web', 'west', { region: 'west', endpoints });
    const client = { hostname: 'web.global', region: 'east' };
    const result = explainWorld(client, [web(['10.0.0.1@a']), resource('VirtualDestination', 'web', spec)]);
    assert.ok('error' in result, JSON.stringify(result));
    assert.equal(result.reason, 'absent');
    assert.equal(
      result.error,
      'No endpoint of web.global:80 is in reach of a client in east: the mapping from east allows only mars. Endpoints are in west/a.',
    );
    const empty = explainWorld(client, [web([]), resource('VirtualDestination', 'web', spec)]);
    assert.deepEqual(empty, { reason: 'absent', error: 'web.global:80 has no endpoint: requests to it fail.' });
  });

  it('names the mapping of a policy for a port without reachable endpoints', () => {
    const localized = { destinationSelectors: [{ kubeServiceMatcher: { clusters: ['west'] } }] };
    const result = explainWorld({ hostname: 'web.global', region: 'east' }, [
      destination('web', 'west', { region: 'west', endpoints: ['10.0.0.1@a'] }),
      resource('VirtualDestination', 'web', { hostname: 'web.global', port: { number: 80 }, localized }),
      resource('FailoverPolicy', 'order', {
        applyToDestinations: [{ kind: 'VIRTUAL_DESTINATION', port: { number: 80 } }],
        config: { localityMappings: [{ from: { region: 'east' }, to: [{ region: 'mars' }] }] },
      }),
    ]);
    assert.ok('error' in result, JSON.stringify(result));
    assert.equal(
      result.error,
      'No endpoint of web.global:80 is in reach of a client in east: the mapping from east allows only mars. Endpoints are in west/a.',
    );
  });

  it('reports a locality that may be misspelt', () => {
    const findings = (region: string, zone = ''): readonly string[] =>
      explain('localized', { hostname: 'directives.global', region, zone }).findings;
    assert.deepEqual(findings('us-esat').slice(-1), ['No endpoint is in the region us-esat. Did you mean "us-east"?']);
    assert.deepEqual(findings('us-east', 'us-east-1c').slice(-1), [
      'No endpoint is in us-east/us-east-1c. Did you mean "us-east/us-east-1a"?',
    ]);
  });
});
