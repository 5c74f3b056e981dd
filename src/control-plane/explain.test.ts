import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readCase } from '../testing/case.js';
import { testdata } from '../testing/golden.js';
import type { ExplainQuery, ExplainResult } from './api.js';
import { createControlPlane } from './control-plane.js';

function explain(golden: string, query: ExplainQuery): ExplainResult {
  const controlPlane = createControlPlane();
  controlPlane.apply(readCase(join(testdata, 'golden', golden)).first);
  const result = controlPlane.explain(query);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

function summary({ tiers }: ExplainResult): readonly (readonly [number, string])[] {
  return tiers.map(({ share, rule }) => [share, rule]);
}

describe('explain', () => {
  it('names the listed order of a FailoverService', () => {
    const result = explain('guide', { hostname: 'reviews-failover.bookinfo.global', region: 'us-east-1', cluster: 'mgmt-cluster' });
    assert.deepEqual(summary(result), [
      [100, '1. reviews.bookinfo.mgmt-cluster'],
      [0, '2. reviews.bookinfo.remote-cluster'],
    ]);
    assert.equal(result.port, 9080);
    assert.deepEqual(result.down, []);
  });

  it('names nearness and mappings', () => {
    const result = explain('localized', { hostname: 'directives.global', region: 'us-east', zone: 'us-east-1a' });
    assert.deepEqual(summary(result), [
      [100, 'same region, zone and sub-zone (mapping from us-east)'],
      [0, 'same region (mapping from us-east)'],
      [0, 'to us-west (mapping from us-east)'],
    ]);
  });

  it('names the policy, and shares by its weights', () => {
    const result = explain('localized', { hostname: 'distributed.mesh.internal', port: 80, region: 'us-east' });
    assert.deepEqual(summary(result), [[100, 'distributed by weight (mapping from us-east), by FailoverPolicy weights.bookinfo']]);
    const shares = result.tiers[0]?.localities.map(({ region, weight, share }) => [region, weight, share]);
    assert.deepEqual(shares, [['us-east', 1, 25], ['us-east', 1, 25], ['us-west', 2, 50]]);
  });

  it('names labels', () => {
    const result = explain('localized', { hostname: 'labelled.global', region: 'us-west' });
    const rules = result.tiers.map(({ rule }) => rule.replace(', by FailoverPolicy labels.bookinfo', ''));
    assert.deepEqual(rules, ['version=v1, topology.kubernetes.io/region=eu', 'version=v1', 'topology.kubernetes.io/region=eu', 'none of the priority labels']);
  });

  it('lets a tier spill over as far as its endpoints are not ready, across the clusters of an aggregate', () => {
    const result = explain('aggregate', { hostname: 'api.global', region: 'r1' });
    assert.deepEqual(result.tiers.map(({ share }) => share), [70, 30]);
    assert.match(result.tiers[0]?.rule ?? '', /^1\. api\.app\.east; cluster outbound\|80\|\|api\.global\|api-app-east\.gloo of the aggregate$/);
  });

  it('explains plain services too, under every name that the client may use', () => {
    for (const hostname of ['reviews', 'reviews.bookinfo', 'reviews.bookinfo.svc.mgmt-cluster.global']) {
      assert.equal(explain('guide', { hostname, region: 'x', cluster: 'mgmt-cluster' }).tiers.length, 1, hostname);
    }
  });

  it('says what it cannot explain', () => {
    assert.throws(() => explain('guide', { hostname: 'nothing' }), /Nothing serves the hostname nothing/);
    assert.throws(() => explain('localized', { hostname: 'distributed.global' }), /served on the ports 9080, 80: say which one/);
    assert.throws(() => explain('guide', { hostname: 'reviews-failover.bookinfo.global', port: 1 }), /not served on port 1, but on 9080/);
  });
});
