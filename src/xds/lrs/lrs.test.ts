/** Load reports, by a client with Envoy's own .proto files. */
import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { type ServiceStream, serviceClients, turnsUntil } from '../../testing/service-client.js';
import { type TestServer, overTransports } from '../../testing/xds/server.js';
import type { XdsNode } from '../wire/xds-node.js';
import type { LoadReport } from './load-report.js';
import { SENDS_ALL_CLUSTERS } from './load-reporting.js';

const PATH = '/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats';
const NODE = { id: 'n', locality: { region: 'r' } };

interface Answer {
  readonly clusters?: readonly string[];
  readonly sendAllClusters?: boolean;
  readonly reportEndpointGranularity?: boolean;
  readonly loadReportingInterval: { readonly seconds?: number; readonly nanos?: number };
}

/** Requests of one cluster in region `r`, by priority. */
function clusterStats(
  clusterName: string,
  issuedByPriority: Readonly<Record<number, number>>,
  more: object = {},
): object {
  return {
    clusterName,
    loadReportInterval: { seconds: 1, nanos: 500_000_000 },
    upstreamLocalityStats: Object.entries(issuedByPriority).map(([priority, issued]) => ({
      locality: { region: 'r' },
      priority: Number(priority),
      totalIssuedRequests: issued,
      totalSuccessfulRequests: issued - 1,
      totalErrorRequests: 1,
      totalRequestsInProgress: issued,
    })),
    ...more,
  };
}

overTransports('load reports', (start) => {
  const connect = serviceClients();

  function report(xds: TestServer, node: object = NODE): ServiceStream<Answer> {
    const stream = connect(xds.port).stream<Answer>(PATH);
    stream.send({ node });
    return stream;
  }

  it('rule 90: the first response names the clusters and the interval', async () => {
    const asked: XdsNode[] = [];
    const clustersOf = (node: XdsNode): readonly string[] => {
      asked.push(node);
      return ['a', 'b'];
    };
    const xds = await start({ loadReports: { clustersOf } });
    assert.deepEqual(await report(xds).next(), { clusters: ['a', 'b'], loadReportingInterval: { seconds: 1 } });
    assert.deepEqual([asked[0]?.id, asked[0]?.locality.region], ['n', 'r']);
  });

  it('rule 90: the interval and the granularity can be set', async () => {
    const loadReports = { clustersOf: () => ['a'], intervalMs: 2_500, reportEndpointGranularity: true };
    const xds = await start({ loadReports });
    assert.deepEqual(await report(xds).next(), {
      clusters: ['a'],
      loadReportingInterval: { seconds: 2, nanos: 500_000_000 },
      reportEndpointGranularity: true,
    });
  });

  it('rule 90: all clusters are requested from clients that support this', async () => {
    const xds = await start({ loadReports: { clustersOf: () => 'all' } });
    const able = await report(xds, { ...NODE, clientFeatures: [SENDS_ALL_CLUSTERS] }).next();
    assert.deepEqual(able, { sendAllClusters: true, loadReportingInterval: { seconds: 1 } });
    assert.deepEqual((await report(xds).next()).clusters, undefined);
  });

  it('rule 90: the first message must contain the node; later ones need not', async () => {
    const xds = await start();
    const stream = connect(xds.port).stream<Answer>(PATH);
    stream.send({ clusterStats: [] });
    assert.equal((await stream.status).code, status.INVALID_ARGUMENT);
    const other = report(xds);
    await other.next();
    other.send({});
    other.halfClose();
    assert.equal((await other.status).code, status.OK);
  });

  it('rule 90: reports are passed on when they arrive, and added up', async () => {
    const reports: LoadReport[] = [];
    const xds = await start({
      loadReports: { clustersOf: () => ['a'], reported: (item) => reports.push(item) },
    });
    const stream = report(xds);
    await stream.next();
    stream.send({
      clusterStats: [clusterStats('a', { 0: 10 }, { totalDroppedRequests: 2 }), clusterStats('other', { 0: 1 })],
    });
    stream.send({ clusterStats: [clusterStats('a', { 0: 5, 1: 7 }, { totalDroppedRequests: 1 })] });
    await turnsUntil(() => reports.length === 2);
    const at = { locality: { region: 'r', zone: '', subZone: '' }, endpoints: [] };
    const first = { ...at, priority: 0, issued: 10, succeeded: 9, failed: 1, inProgress: 10 };
    assert.deepEqual(reports[0]?.clusters, [{ cluster: 'a', intervalMs: 1_500, dropped: 2, localities: [first] }]);
    assert.equal(reports[0].node.id, 'n');
    const [load] = xds.server.loads();
    const second = { ...at, priority: 1, issued: 7, succeeded: 6, failed: 1, inProgress: 7 };
    assert.deepEqual(
      load?.latest.get('a')?.localities.map(({ issued }) => issued),
      [5, 7],
    );
    assert.deepEqual(load.cumulative.get('a'), {
      cluster: 'a',
      intervalMs: 3_000,
      dropped: 3,
      localities: [{ ...at, priority: 0, issued: 15, succeeded: 13, failed: 2, inProgress: 5 }, second],
    });
    assert.equal(load.node.id, 'n');
    assert.ok(load.reportedAt !== undefined);
  });

  it('a cluster that is absent from a report had no load', async () => {
    const xds = await start({ loadReports: { clustersOf: () => ['a'] } });
    const stream = report(xds);
    await stream.next();
    stream.send({ clusterStats: [clusterStats('a', { 0: 10 })] });
    stream.send({});
    await turnsUntil(() => xds.server.loads()[0]?.latest.size === 0 && xds.server.stats().loadClusters === 1);
    assert.equal(xds.server.loads()[0]?.cumulative.get('a')?.localities[0]?.issued, 10);
  });

  it('the load of endpoints is reported if it was requested', async () => {
    const xds = await start({ loadReports: { clustersOf: () => ['a'], reportEndpointGranularity: true } });
    const stream = report(xds);
    await stream.next();
    const endpoint = { address: { socketAddress: { address: '10.0.0.1', portValue: 80 } }, totalIssuedRequests: 3 };
    const locality = { priority: 1, totalIssuedRequests: 3, upstreamEndpointStats: [endpoint] };
    stream.send({ clusterStats: [{ clusterName: 'a', upstreamLocalityStats: [locality] }] });
    await turnsUntil(() => xds.server.loads()[0]?.latest.size === 1);
    assert.deepEqual(xds.server.loads()[0]?.latest.get('a')?.localities[0]?.endpoints, [
      { address: '10.0.0.1', port: 80, issued: 3, succeeded: 0, failed: 0, inProgress: 0 },
    ]);
  });

  it('a change of the clusters is sent to the clients concerned, and clusters that are no longer requested are forgotten', async () => {
    let changing: readonly string[] = ['a', 'b'];
    const constant = ['a'];
    const xds = await start({ loadReports: { clustersOf: ({ id }) => (id === 'n' ? changing : constant) } });
    const [one, other] = [report(xds), report(xds, { id: 'other' })];
    await one.next();
    await other.next();
    one.send({ clusterStats: [clusterStats('a', { 0: 1 }), clusterStats('b', { 0: 1 })] });
    await turnsUntil(() => xds.server.stats().loadClusters === 2);
    changing = ['b', 'c'];
    xds.server.loadReportingChanged();
    changing = ['b', 'c'];
    xds.server.loadReportingChanged();
    assert.deepEqual((await one.next()).clusters, ['b', 'c']);
    assert.deepEqual([...(xds.server.loads()[0]?.cumulative.keys() ?? [])], ['b']);
    one.send({ clusterStats: [clusterStats('a', { 0: 1 }), clusterStats('c', { 0: 1 })] });
    await turnsUntil(() => xds.server.loads()[0]?.latest.has('c') === true);
    assert.deepEqual([...(xds.server.loads()[0]?.cumulative.keys() ?? [])], ['b', 'c']);
    assert.deepEqual([one.pending, other.pending], [0, 0]);
  });

  it('a client without requested clusters may report less often than every second', async () => {
    let clusters: readonly string[] = [];
    const xds = await start({ ready: () => false, loadReports: { clustersOf: () => clusters } });
    const stream = report(xds);
    assert.deepEqual(await stream.next(), { loadReportingInterval: { seconds: 60 } });
    clusters = ['a'];
    xds.server.loadReportingChanged();
    assert.deepEqual(await stream.next(), { clusters: ['a'], loadReportingInterval: { seconds: 1 } });
  });

  it('invalid priorities are left out', async () => {
    const xds = await start({ loadReports: { clustersOf: () => ['a'] } });
    const stream = report(xds);
    await stream.next();
    stream.send({ clusterStats: [clusterStats('a', { 128: 1, 129: 1, 4294967295: 1 })] });
    await turnsUntil(() => xds.server.stats().loadClusters === 1);
    assert.deepEqual(
      xds.server
        .loads()[0]
        ?.latest.get('a')
        ?.localities.map(({ priority }) => priority),
      [128],
    );
  });

  it('rule 99: a stream leaves nothing behind, and its end is reported', async () => {
    const ended: string[] = [];
    const xds = await start({ loadReports: { clustersOf: () => ['a'], ended: ({ id }) => ended.push(id) } });
    const [one, other] = [report(xds), report(xds, { id: 'other' })];
    await one.next();
    await other.next();
    one.send({ clusterStats: [clusterStats('a', { 0: 1 })] });
    await turnsUntil(() => xds.server.stats().loadClusters === 1);
    assert.equal(xds.server.stats().loadStreams, 2);
    one.cancel();
    await turnsUntil(() => xds.server.stats().loadStreams === 1);
    other.halfClose();
    await other.status;
    assert.deepEqual([xds.server.stats().loadStreams, xds.server.stats().loadClusters], [0, 0]);
    assert.deepEqual([xds.server.loads(), ended], [[], ['n', 'other']]);
  });

  it('rule 95: a drain ends the streams, and new ones are refused', async () => {
    const xds = await start();
    const streams = [report(xds), report(xds), report(xds)];
    for (const stream of streams) await stream.next();
    // Long enough that a machine under load writes the ends before connections are cut.
    await xds.server.drain(1_000);
    for (const stream of streams) assert.equal((await stream.status).code, status.UNAVAILABLE);
    assert.equal(xds.server.stats().loadStreams, 0);
  });

  it('rule 100: its streams count towards the limit of all streams', async () => {
    const xds = await start({ limits: { maxStreams: 1 } });
    const stream = report(xds);
    await stream.next();
    assert.equal((await report(xds).status).code, status.RESOURCE_EXHAUSTED);
    const client = xds.connect('sotw');
    client.subscribe('type.googleapis.com/envoy.config.cluster.v3.Cluster');
    assert.equal((await client.status).code, status.RESOURCE_EXHAUSTED);
  });
});
