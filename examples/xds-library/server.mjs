// An xDS server, a real Envoy and two backends: the endpoint behind Envoy moves from one backend to the other.
// ENVOY is the path of Envoy (default: `envoy`), PORT where it listens (default: 10000).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ResourceStore, XdsServer } from 'lifeboat/xds';
import { encodeJson } from 'lifeboat/xds/json';

const { ENVOY = 'envoy', PORT = '10000' } = process.env;
const local = (port) => ({ socketAddress: { address: '127.0.0.1', portValue: Number(port) } });
const ads = { ads: {}, resourceApiVersion: 'V3' };
const EXTENSIONS = 'type.googleapis.com/envoy.extensions';

const cluster = { name: 'web', type: 'EDS', edsClusterConfig: { edsConfig: ads }, connectTimeout: '1s' };
const endpoints = (port) => ({ clusterName: 'web', endpoints: [{ lbEndpoints: [{ endpoint: { address: local(port) } }] }] });
const http = {
  '@type': `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
  statPrefix: 'web',
  routeConfig: { virtualHosts: [{ name: 'web', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'web' } }] }] },
  httpFilters: [{ name: 'router', typedConfig: { '@type': `${EXTENSIONS}.filters.http.router.v3.Router` } }],
};
const listener = { name: 'web', address: local(PORT), filterChains: [{ filters: [{ name: 'http', typedConfig: http }] }] };

const backends = ['one', 'two'].map((name) => createServer((_, response) => response.end(name)).listen(0, '127.0.0.1'));
await Promise.all(backends.map((backend) => once(backend, 'listening')));
const [one, two] = backends.map((backend) => backend.address().port);

const store = new ResourceStore();
const events = { nacked: (client, typeUrl, version, message) => console.error(`${client.node.id} refused ${typeUrl}: ${message}`) };
const server = new XdsServer({ provider: store, events });
const { port } = await server.listen('127.0.0.1:0');
server.transaction(() => {
  store.put(encodeJson(CLUSTER, 'web', cluster));
  store.put(encodeJson(CLUSTER_LOAD_ASSIGNMENT, 'web', endpoints(one)));
  store.put(encodeJson(LISTENER, 'web', listener));
});

const httpOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const http2 = { [httpOptions]: { '@type': `type.googleapis.com/${httpOptions}`, explicitHttpConfig: { http2ProtocolOptions: {} } } };
const bootstrap = {
  node: { id: 'envoy', cluster: 'example' },
  dynamicResources: {
    adsConfig: { apiType: 'DELTA_GRPC', transportApiVersion: 'V3', grpcServices: [{ envoyGrpc: { clusterName: 'xds' } }] },
    cdsConfig: ads,
    ldsConfig: ads,
  },
  staticResources: { clusters: [{ name: 'xds', typedExtensionProtocolOptions: http2, loadAssignment: endpoints(port) }] },
};
const options = ['--config-yaml', JSON.stringify(bootstrap), '--disable-hot-restart', '--log-level', 'error'];
const envoy = spawn(ENVOY, options, { stdio: 'inherit' });

/** Asks Envoy until that backend answers, for up to 20 seconds. */
async function hear(name) {
  for (let tries = 0; tries < 400; tries += 1, await delay(50)) {
    const response = await fetch(`http://127.0.0.1:${PORT}/`).catch(() => undefined);
    if ((await response?.text()) === name) return console.log(`Envoy reaches backend ${name}`);
  }
  throw new Error(`Envoy does not reach backend ${name}`);
}

try {
  await hear('one');
  store.put(encodeJson(CLUSTER_LOAD_ASSIGNMENT, 'web', endpoints(two)));
  await hear('two');
} finally {
  envoy.kill();
  await server.drain(0);
  for (const backend of backends) backend.close();
}
