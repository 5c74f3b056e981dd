import assert from 'node:assert/strict';
import { createWorld, destination, failoverService, NAMESPACE, trafficPolicy } from '../../testing/world.js';
import { failoverCluster, memberCluster, aggregateOf, memberName, parseMemberName } from '../model/cluster-key.js';
import { failoverKey } from '../model/failover-key.js';

describe('names of clusters', () => {
  const failover = failoverService('api', ['api@east', 'api@west']);
  const { graph, model } = createWorld(
    destination('api', 'east', { endpoints: ['10.0.0.1'] }),
    destination('api', 'west', { endpoints: ['10.1.0.1'] }),
    trafficPolicy('east', ['api@east'], { outlierDetection: { consecutiveErrors: 1 } }),
    trafficPolicy('west', ['api@west'], { outlierDetection: { consecutiveErrors: 2 } }),
    failover,
  );
  const read = graph.read.bind(graph);
  const whole = failoverCluster(failoverKey(failover.ref), 80);
  const east = memberCluster(whole, `api-app-east.${NAMESPACE}`, 1);

  it('can be parsed back to the cluster, including members and subsets', () => {
    for (const key of [
      whole,
      east,
      memberCluster(failoverCluster(failoverKey(failover.ref), 80, 'v=1'), `api-app-west.${NAMESPACE}`, 1),
    ]) {
      const name = graph.read(model.clusters.clusters, key)?.name;
      assert.ok(name !== undefined, key);
      assert.equal(model.clusters.byName(read, name), key);
    }
    assert.equal(aggregateOf(east), whole);
    assert.equal(aggregateOf(whole), undefined);
  });

  it('are not found if they name a member that does not exist', () => {
    const clusterOf = (name: string) => {
      const key = model.clusters.byName(read, name);
      return key && graph.read(model.clusters.clusters, key);
    };
    const name = 'outbound|80||api.global';
    assert.notEqual(clusterOf(`${name}|api-app-east.${NAMESPACE}`), undefined);
    for (const other of [
      'nobody',
      `api-app-east.${NAMESPACE}|2`,
      `api-app-east.${NAMESPACE}|1`,
      '|',
      `api-app-east.${NAMESPACE}|x`,
    ]) {
      assert.equal(clusterOf(`${name}|${other}`), undefined, other);
    }
    assert.equal(model.clusters.byName(read, 'outbound|80||api.app.svc.east.global|x'), undefined);
  });

  it('contain the run of a member', () => {
    assert.deepEqual(parseMemberName(memberName('a.b', 1)), { member: 'a.b', run: 1 });
    assert.deepEqual(parseMemberName(memberName('a.b', 3)), { member: 'a.b', run: 3 });
    assert.deepEqual(['a|1', 'a|0', 'a|02', 'a|', 'a|2|3'].map(parseMemberName), [
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
