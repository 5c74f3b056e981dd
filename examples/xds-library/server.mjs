// An xDS server, a real Envoy and two backends: the endpoint behind Envoy moves from one backend to the other.
// ENVOY is the path of Envoy (default: `envoy`), PORT where it listens (default: 10000).
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ResourceStore, XdsServer } from 'lifeboat/xds';
import { encodeJson } from 'lifeboat/xds/json';

const { ENVOY = 'envoy', PORT = '10000' } = process.env;
const local = (port) => ({ socketAddress: { address: '127.0.0.1', portValue: Number(port) } });
const ads = { ads: {}, resourceApiVersion: 'V3' };

const cluster = { name: 'web', type: 'EDS', edsClusterConfig: { edsConfig: ads }, connectTimeout: '1s' };
const endpoints = (port) => ({
  clusterName: 'web',
  endpoints: [{ lbEndpoints: [{ endpoint: { address: local(port) } }] }],
});
const proxy = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
const filter = { name: 'tcp', typedConfig: { '@type': proxy, statPrefix: 'web', cluster: 'web' } };
const listener = { name: 'web', address: local(PORT), filterChains: [{ filters: [filter] }] };

const store = new ResourceStore();
const nacked = (client, typeUrl, version, message) =>
  console.error(`${client.node.id} rejected ${typeUrl}: ${message}`);
const server = new XdsServer({ provider: store, events: { nacked } });
const { port } = await server.listen('127.0.0.1:0');
store.put(encodeJson(CLUSTER, 'web', cluster));
store.put(encodeJson(LISTENER, 'web', listener));

const grpc = { googleGrpc: { targetUri: `127.0.0.1:${port}`, statPrefix: 'xds' } };
const adsConfig = { apiType: 'DELTA_GRPC', transportApiVersion: 'V3', grpcServices: [grpc] };
const bootstrap = {
  node: { id: 'envoy', cluster: 'example' },
  dynamicResources: { adsConfig, cdsConfig: ads, ldsConfig: ads },
};
const options = ['--config-yaml', JSON.stringify(bootstrap), '--disable-hot-restart', '--log-level', 'error'];
const envoy = spawn(ENVOY, options, { stdio: 'inherit' });

for (const name of ['one', 'two']) {
  const answer = (_, response) => response.setHeader('Connection', 'close').end(name);
  const backend = createServer(answer).listen(0, '127.0.0.1', () => {
    store.put(encodeJson(CLUSTER_LOAD_ASSIGNMENT, 'web', endpoints(backend.address().port)));
  });
  let heard;
  for (let tries = 0; tries < 400 && heard !== name; tries += 1, await delay(50))
    heard = await fetch(`http://127.0.0.1:${PORT}/`).then(
      (response) => response.text(),
      () => undefined,
    );
  console.log(heard === name ? `Envoy reaches backend ${name}` : `Envoy does not reach backend ${name}`);
  backend.close();
}
envoy.kill();
await server.drain(0);
