/** What Envoys are asked to report on, and what becomes of it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readCase } from '../testing/case.js';
import { TESTDATA } from '../testing/golden.js';
import { type ServiceStream, serviceClients, turnsUntil } from '../testing/service-client.js';
import { destination, failoverService, putResources, trafficPolicy } from '../testing/world.js';
import type { XdsNode } from '../xds/index.js';
import { type ControlPlane, type ControlPlaneOptions, createControlPlane } from './control-plane.js';
import { createCore } from './inputs/core.js';
import { LoadInterest } from './reports/load-interest.js';

const LOAD_STATS = '/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats';
const FAILOVER = 'outbound|9080||reviews-failover.bookinfo.global';

interface Answer {
  readonly clusters?: readonly string[];
  readonly loadReportingInterval: object;
}

function stats(clusterName: string, ...issuedByPriority: readonly number[]): object {
  return {
    clusterName,
    loadReportInterval: { seconds: 1 },
    upstreamLocalityStats: issuedByPriority.flatMap((issued, priority) =>
      ['a', 'b'].map((zone) => ({
        locality: { zone },
        priority,
        totalIssuedRequests: issued,
        totalErrorRequests: priority,
      })),
    ),
  };
}

describe('failover loads', () => {
  const connect = serviceClients();
  const planes: ControlPlane[] = [];

  afterEach(async () => {
    await Promise.all(planes.splice(0).map((plane) => plane.xds.drain(0)));
  });

  async function start(options: ControlPlaneOptions): Promise<{ plane: ControlPlane; port: number }> {
    const plane = createControlPlane(options);
    planes.push(plane);
    return { plane, port: (await plane.xds.listen('127.0.0.1:0')).port };
  }

  function report(port: number, id: string, cluster: string): ServiceStream<Answer> {
    const stream = connect(port).stream<Answer>(LOAD_STATS);
    stream.send({ node: { id, cluster } });
    return stream;
  }

  it('are requested from each Envoy while it sees a failover destination', async () => {
    const { plane, port } = await start({ loadReports: { intervalMs: 2_000 } });
    const guide = readCase(join(TESTDATA, 'golden', 'guide'));
    const early = report(port, 'early', 'mgmt-cluster');
    assert.deepEqual((await early.next()).clusters, undefined);
    plane.apply(guide.first);
    assert.deepEqual(await early.next(), { clusters: [FAILOVER], loadReportingInterval: { seconds: 2 } });
    const [late, elsewhere] = [report(port, 'late', 'mgmt-cluster'), report(port, 'elsewhere', 'another-cluster')];
    assert.deepEqual((await late.next()).clusters, [FAILOVER]);
    assert.deepEqual((await elsewhere.next()).clusters, undefined);
    for (const step of guide.steps) plane.apply(guide.batch(step));
    assert.deepEqual((await early.next()).clusters, undefined);
    assert.deepEqual((await late.next()).clusters, undefined);
    assert.deepEqual([early.pending, late.pending, elsewhere.pending], [0, 0, 0]);
  });

  it('are counted by tier, Envoy and failover cluster', async () => {
    let reports = 0;
    const { plane, port } = await start({ loadReports: { intervalMs: 1_000, reported: () => (reports += 1) } });
    plane.apply(readCase(join(TESTDATA, 'golden', 'guide')).first);
    const stream = report(port, 'n', 'mgmt-cluster');
    await stream.next();
    assert.deepEqual(plane.failoverLoads(), []);
    stream.send({ clusterStats: [stats(FAILOVER, 10, 3)] });
    await turnsUntil(() => reports === 1);
    const [load, ...others] = plane.failoverLoads();
    assert.deepEqual(others, []);
    assert.ok(load !== undefined && load.reportedAt > 0);
    assert.deepEqual(load, {
      node: 'n',
      cluster: FAILOVER,
      reportedAt: load.reportedAt,
      intervalMs: 1_000,
      dropped: 0,
      tiers: [
        { priority: 0, issued: 20, failed: 0, succeeded: 0, inProgress: 0 },
        { priority: 1, issued: 6, failed: 2, succeeded: 0, inProgress: 0 },
      ],
    });
    stream.send({});
    await turnsUntil(() => reports === 2);
    assert.deepEqual(
      plane.failoverLoads().map(({ tiers, intervalMs }) => ({ tiers, intervalMs })),
      [{ tiers: [], intervalMs: 0 }],
    );
    stream.cancel();
    await turnsUntil(() => plane.failoverLoads().length === 0);
  });

  it('of an aggregate are those of its members, one tier each', async () => {
    const { plane, port } = await start({ loadReports: { intervalMs: 1_000 } });
    plane.apply(readCase(join(TESTDATA, 'golden', 'aggregate')).first);
    const stream = report(port, 'n', 'east');
    const members = ['outbound|80||api.global|api-app-east.gloo', 'outbound|80||api.global|api-app-west.gloo'] as const;
    assert.deepEqual((await stream.next()).clusters, members);
    stream.send({ clusterStats: [stats(members[1], 4)] });
    await turnsUntil(() => plane.failoverLoads().length === 1);
    const [load] = plane.failoverLoads();
    assert.equal(load?.cluster, 'outbound|80||api.global');
    assert.deepEqual(
      load.tiers.map(({ priority, issued }) => [priority, issued]),
      [[1, 8]],
    );
  });

  it('are not requested if they are switched off', async () => {
    const { plane, port } = await start({ loadReports: { intervalMs: 0 } });
    plane.apply(readCase(join(TESTDATA, 'golden', 'guide')).first);
    assert.deepEqual((await report(port, 'n', 'mgmt-cluster').next()).clusters, undefined);
  });

  it('the server is SERVING after the first load', async () => {
    const { plane, port } = await start({});
    const watch = connect(port).watch('/grpc.health.v1.Health/Watch', {});
    assert.deepEqual(await watch.next(), { status: 'NOT_SERVING' });
    plane.apply(readCase(join(TESTDATA, 'golden', 'guide')).first);
    assert.deepEqual(await watch.next(), { status: 'SERVING' });
  });

  it('cost nothing when an endpoint changes, and leave nothing behind', () => {
    const core = createCore();
    const interest = new LoadInterest(core.graph, core.model, () => undefined);
    const api = (cluster: string, ...endpoints: readonly string[]) => destination('api', cluster, { endpoints });
    putResources(core.graph, core.model.inputs, [
      api('east', '10.0.0.1'),
      api('west', '10.1.0.1'),
      trafficPolicy('outliers', ['api@east', 'api@west'], { outlierDetection: {} }),
      failoverService('api', ['api@east', 'api@west'], {}),
    ]);
    const nodes = ['one', 'two'].map((id) => nodeOf(id));
    const [first, second] = nodes.map((node) => interest.clustersOf(node));
    assert.equal(first?.length, 1);
    assert.equal(first, second);
    const before = core.graph.computed();
    putResources(core.graph, core.model.inputs, [api('east', '10.0.0.2')]);
    for (const table of ['offeredFailoverClusters', 'countedClusters'])
      assert.equal(core.graph.computed().get(table), before.get(table), table);
    assert.equal(interest.size, 1);
    for (const node of [...nodes, nodeOf('never asked')]) interest.release(node);
    assert.equal(interest.size, 0);
    assert.equal(core.graph.size().get('countedClusters'), 0);
  });
});

function nodeOf(id: string): XdsNode {
  const unknown = { userAgentName: '', userAgentVersion: '', clientFeatures: [], metadata: {} };
  return { id, cluster: 'east', locality: { region: '', zone: '', subZone: '' }, ...unknown };
}
