import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { ControlPlaneApi, ResourceQuery, ResourceWithStatus } from '../control-plane/api/api.js';
import { fakeControlPlane, finding, proxy } from '../testing/fake-control-plane.js';
import { type AdminOptions, createAdminApp } from './app.js';
import type { Readiness } from './routes/health-routes.js';
import { createRegistry } from './metrics/registry.js';
import { type AdminServer, listenAdmin } from './server.js';
import { addStateMetrics } from './metrics/state-metrics.js';
import { addXdsMetrics } from './metrics/xds-metrics.js';

const reviews: ResourceWithStatus = {
  apiVersion: 'networking.smh.solo.io/v1alpha2',
  kind: 'FailoverService',
  metadata: { name: 'reviews', namespace: 'bookinfo', generation: 1 },
  spec: {},
  status: { state: 'ACCEPTED' },
};
const node: ResourceWithStatus = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };

describe('admin address', () => {
  const servers: AdminServer[] = [];
  const errors: Error[] = [];
  let readiness: Readiness = { ready: true };

  async function start(
    controlPlane: ControlPlaneApi = fakeControlPlane({ resources: [reviews, node] }),
    loopbackOnly = true,
    more: Partial<AdminOptions> = {},
  ) {
    const registry = createRegistry({ version: '1.2.3', nodeVersion: 'v20.0.0' });
    const xds = addXdsMetrics(registry, {
      limits: ['streams'],
      rememberedBytes: () => 7,
      waiting: () => ({ admission: 2, preparation: 3 }),
    });
    xds.connected();
    xds.connected();
    xds.disconnected();
    xds.pushed('type.googleapis.com/envoy.config.cluster.v3.Cluster');
    xds.rejected('type.googleapis.com/made.up.Type');
    xds.limited('streams');
    xds.oversized('type.googleapis.com/envoy.config.route.v3.RouteConfiguration');
    xds.acknowledged('type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment', 0.003);
    addStateMetrics(registry, {
      controlPlane,
      sources: () => [{ source: 'files', errors: 2, lastSuccess: 5000 }],
      shrinkage: () => ({ endpoints: 3, losses: 1 }),
      state: () => ({ errors: 0, restored: 0 }),
    });
    const onError = (error: Error) => void errors.push(error);
    const app = createAdminApp({
      version: '1.2.3',
      controlPlane,
      registry,
      readiness: () => readiness,
      onError,
      loopbackOnly,
      ...more,
    });
    const server = await listenAdmin(app, { host: '127.0.0.1', port: 0 });
    servers.push(server);
    return `http://127.0.0.1:${server.address.port}`;
  }

  beforeEach(() => {
    readiness = { ready: true };
    errors.length = 0;
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it('listens on a free port and returns it', async () => {
    await start();
    const [address] = servers.map((server) => server.address);
    assert.equal(address?.host, '127.0.0.1');
    assert.ok(address.port > 0);
  });

  it('promise 30: computes nothing for pages of other sites', async () => {
    let computed = 0;
    const resourcesInSteps = (query?: ResourceQuery) => {
      computed += 1;
      return fakeControlPlane().resourcesInSteps(query);
    };
    const url = await start({ ...fakeControlPlane(), resourcesInSteps });
    // fetch of Node.js overwrites these headers.
    const from = (path: string, site: string, mode = 'no-cors'): Promise<number | undefined> => {
      const headers = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': mode };
      return new Promise((resolve, reject) => {
        const sent = request(`${url}${path}`, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.once('error', reject).end();
      });
    };
    for (const site of ['cross-site', 'same-site']) {
      assert.equal(await from('/api/v1/resources', site), 403);
      assert.equal(await from('/api/v1/resources', site, 'navigate'), 403);
      assert.equal(await from('/', site, 'navigate'), 200);
    }
    assert.equal(computed, 0);
    assert.equal(await from('/api/v1/resources', 'same-origin'), 200);
    assert.equal(computed, 1);
  });

  it('promise 30: needs the token for everything but the probes', async () => {
    const url = await start(undefined, false, { verifyToken: (token) => token === 'the-token' });
    const status = async (path: string, authorization?: string): Promise<number> =>
      (await fetch(`${url}${path}`, authorization === undefined ? {} : { headers: { authorization } })).status;
    for (const path of ['/healthz', '/readyz']) assert.equal(await status(path), 200, path);
    for (const path of ['/', '/metrics', '/api/v1/resources', '/elsewhere']) {
      assert.equal(await status(path), 401, path);
      assert.equal(await status(path, 'Bearer another'), 401, path);
      assert.equal(await status(path, 'Bearer the-token'), path === '/elsewhere' ? 404 : 200, path);
    }
    const refused = await fetch(`${url}/metrics`);
    assert.match(((await refused.json()) as { readonly error: string }).error, /--server-token-file/);
  });

  it('fails to listen where another listens', async () => {
    const taken = { host: '127.0.0.1', port: Number(new URL(await start()).port) };
    const registry = createRegistry({ version: '', nodeVersion: '' });
    const options = {
      version: '',
      controlPlane: fakeControlPlane(),
      registry,
      readiness: () => readiness,
      onError: () => {},
      loopbackOnly: true,
    };
    await assert.rejects(listenAdmin(createAdminApp(options), taken), { code: 'EADDRINUSE' });
  });

  it('reports that the process is alive', async () => {
    const response = await fetch(`${await start()}/healthz`);
    assert.deepEqual([response.status, await response.text()], [200, 'ok\n']);
  });

  it('is ready when its sources are', async () => {
    const base = await start();
    assert.equal((await fetch(`${base}/readyz`)).status, 200);
    readiness = { ready: false, reason: 'The first load is not complete.' };
    const response = await fetch(`${base}/readyz`);
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { error: 'The first load is not complete.' });
  });

  it('is ready and also reports problems', async () => {
    readiness = { ready: true, details: ['One.', 'Two.'] };
    const response = await fetch(`${await start()}/readyz`);
    assert.deepEqual([response.status, await response.text()], [200, 'ok\nOne.\nTwo.\n']);
  });

  it('lists all resources, or those that match the query', async () => {
    const base = await start();
    assert.deepEqual(await items(`${base}/api/v1/resources`), [reviews, node]);
    assert.deepEqual(await items(`${base}/api/v1/resources?kind=failoverservices&namespace=bookinfo&name=reviews`), [
      reviews,
    ]);
    assert.deepEqual(await items(`${base}/api/v1/resources?kind=&name=`), [reviews, node]);
    assert.deepEqual(await items(`${base}/api/v1/resources?name=other`), []);
  });

  it('lists proxies and hostnames', async () => {
    const [one, other] = [proxy({ id: 'e1' }), proxy({ id: 'e2' })];
    const base = await start(fakeControlPlane({ proxies: [one, other], hostnames: ['reviews.global'] }));
    assert.deepEqual(await items(`${base}/api/v1/proxies`), [one, other]);
    assert.deepEqual(await items(`${base}/api/v1/proxies?id=e2`), [other]);
    assert.deepEqual(await items(`${base}/api/v1/hostnames`), ['reviews.global']);
  });

  it('returns the snapshot of a described Envoy', async () => {
    const base = await start();
    const response = await fetch(
      `${base}/api/v1/snapshot?nodeId=e1&locality=r1/z1/s1&labels=app=a,version=v1&cluster=c1&metadata=NAMESPACE=n&metadata=ROLE=gateway`,
    );
    const listener = {
      nodeId: 'e1',
      region: 'r1',
      zone: 'z1',
      subZone: 's1',
      cluster: 'c1',
      labels: { app: 'a', version: 'v1' },
      metadata: { NAMESPACE: 'n', ROLE: 'gateway' },
    };
    assert.deepEqual(await response.json(), {
      listeners: [listener],
      routes: [],
      clusters: [],
      endpoints: [],
      findings: [],
    });
  });

  it('returns the snapshot of a connected Envoy, and its acknowledged resources', async () => {
    const base = await start();
    const listeners = async (query: string): Promise<unknown> =>
      ((await (await fetch(`${base}/api/v1/snapshot?${query}`)).json()) as { readonly listeners: unknown }).listeners;
    assert.deepEqual(await listeners('proxy=e1'), [{ proxy: 'e1' }]);
    assert.deepEqual(await listeners('proxy=e1&acked=false'), [{ proxy: 'e1' }]);
    assert.deepEqual(await listeners('proxy=e1&acked=true'), [{ held: 'e1' }]);
  });

  const wrongQueries = {
    '/api/v1/snapshot': 'The query parameter nodeId is missing: it names the Envoy.',
    '/api/v1/snapshot?nodeId=a&locality=r//s':
      'Invalid locality "r//s": must be REGION, REGION/ZONE or REGION/ZONE/SUBZONE, or /ZONE without a region.',
    '/api/v1/snapshot?nodeId=a&labels=x': 'Invalid label "x": must be KEY=VALUE.',
    '/api/v1/snapshot?nodeId=a&nodeId=b': 'The query parameter nodeId is given more than once.',
    '/api/v1/resources?knid=Node': 'Unknown query parameter "knid" (known here: kind, namespace, name).',
    '/api/v1/proxies?name=a': 'Unknown query parameter "name" (known here: id).',
    '/api/v1/hostnames?id=a': 'Unknown query parameter "id" (there are none here).',
    '/api/v1/snapshot?acked=true':
      'The query parameter acked needs proxy: only a connected Envoy acknowledges resources.',
    '/api/v1/snapshot?proxy=a&acked=yes': 'Invalid acked "yes": must be true or false.',
    '/api/v1/snapshot?proxy=a&cluster=c':
      'The query parameter cluster cannot be combined with proxy: a connected Envoy describes itself.',
  };
  for (const [path, error] of Object.entries(wrongQueries)) {
    it(`responds to ${path} with 400 and a sentence`, async () => {
      const response = await fetch(`${await start()}${path}`);
      assert.deepEqual([response.status, await response.json()], [400, { error }]);
    });
  }

  it('serves metrics', async () => {
    const controlPlane = fakeControlPlane({
      resources: [reviews, node],
      findings: [finding()],
      proxies: [
        proxy({
          types: { CDS: { version: 'v', state: 'NACK', since: '' } },
          findings: [{ severity: 'warning', code: 'DuplicateNodeId', message: '' }],
        }),
      ],
    });
    const response = await fetch(`${await start(controlPlane)}/metrics`);
    const text = await response.text();
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    for (const line of [
      'lifeboat_build_info{version="1.2.3",node_version="v20.0.0"} 1',
      'lifeboat_xds_streams 1',
      'lifeboat_xds_limited_total{limit="streams"} 1',
      'lifeboat_xds_remembered_bytes 7',
      'lifeboat_xds_streams_waiting{for="admission"} 2',
      'lifeboat_xds_streams_waiting{for="preparation"} 3',
      'lifeboat_xds_oversized_total{type="RDS"} 1',
      'lifeboat_xds_pushes_total{type="CDS"} 1',
      'lifeboat_xds_rejects_total{type="other"} 1',
      'lifeboat_xds_ack_seconds_bucket{le="0.0025",type="EDS"} 0',
      'lifeboat_xds_ack_seconds_bucket{le="0.005",type="EDS"} 1',
      'lifeboat_proxies{type="CDS",state="NACK"} 1',
      'lifeboat_proxy_findings{code="DuplicateNodeId"} 1',
      'lifeboat_proxy_findings{code="NodeWithoutLocality"} 0',
      'lifeboat_resources{kind="FailoverService",state="ACCEPTED"} 1',
      'lifeboat_resources{kind="Node",state=""} 1',
      'lifeboat_findings{severity="error"} 1',
      'lifeboat_findings{severity="warning"} 0',
      'lifeboat_source_errors_total{source="files"} 2',
      'lifeboat_source_last_success_timestamp_seconds{source="files"} 5',
    ]) {
      assert.ok(text.includes(`${line}\n`), `no line ${line}`);
    }
    assert.match(text, /^process_cpu_seconds_total /m);
  });

  it('responds to an unknown path with 404', async () => {
    const response = await fetch(`${await start()}/api/v2/resources`);
    assert.deepEqual(
      [response.status, await response.json()],
      [404, { error: 'There is nothing at /api/v2/resources.' }],
    );
  });

  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    it(`refuses ${method}`, async () => {
      const response = await fetch(`${await start()}/api/v1/resources`, { method });
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD']);
    });
  }

  it('responds to HEAD without a body', async () => {
    const response = await fetch(`${await start()}/api/v1/resources`, { method: 'HEAD' });
    assert.deepEqual([response.status, await response.text()], [200, '']);
  });

  it('does not allow other origins to read', async () => {
    const response = await fetch(`${await start()}/api/v1/resources`, { headers: { Origin: 'http://evil.example' } });
    const granted = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
    assert.deepEqual(granted, []);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  });

  it('does not show internal errors to clients, and reports them', async () => {
    const broken: ControlPlaneApi = {
      ...fakeControlPlane(),
      proxies: () => {
        throw new Error('secret');
      },
    };
    const response = await fetch(`${await start(broken)}/api/v1/proxies`);
    assert.deepEqual(
      [response.status, await response.json()],
      [500, { error: 'Internal error. The log has the details.' }],
    );
    assert.deepEqual(
      errors.map((error) => error.message),
      ['secret'],
    );
  });

  for (const host of [
    'localhost',
    'localhost:18001',
    'LOCALHOST:1',
    '127.0.0.1',
    '127.9.9.9:80',
    '[::1]:80',
    '[::1]',
  ]) {
    it(`accepts the host ${host}`, async () => assert.equal(await statusFor(await start(), host), 200));
  }

  for (const host of [
    'evil.example',
    'evil.example:18001',
    '127.0.0.1.evil.example',
    '10.0.0.1:18001',
    '[::2]:80',
    'localhost.evil.example',
  ]) {
    it(`refuses the host ${host}`, async () => assert.equal(await statusFor(await start(), host), 403));
  }

  it('accepts any host if the address is not on loopback', async () => {
    assert.equal(await statusFor(await start(fakeControlPlane(), false), 'lifeboat.example'), 200);
  });
});

async function items(url: string): Promise<unknown> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  return ((await response.json()) as { readonly items: unknown }).items;
}

/** With node:http, for fetch does not let the host be chosen. */
function statusFor(base: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${base}/healthz`, { headers: { Host: host }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
