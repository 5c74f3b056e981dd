/**
 * Stands in for the services of an example: an HTTP server on every loopback address and port that the resources name as an
 * endpoint. Each answers with the service, the cluster and the address that it stands for.
 *
 *     node examples/backends.mjs PATH [--cluster NAME]...
 *
 * With --cluster only those of that cluster: ending the process is then the end of a whole site.
 */
import { once } from 'node:events';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cluster: { type: 'string', multiple: true } },
});
const found = positionals.flatMap(filesIn).flatMap(documentsIn).flatMap(endpointsOf);
const wanted = found.filter(({ cluster }) => values.cluster === undefined || values.cluster.includes(cluster));
if (wanted.length === 0)
  fail(
    `No endpoint on a loopback address in ${positionals.join(' ') || 'nothing'}: give a path of resources, and a cluster that they name.`,
  );
const servers = new Map(wanted.map((endpoint) => [`${endpoint.address}:${endpoint.port}`, endpoint]));
for (const endpoint of servers.values()) await serve(endpoint);
console.error(
  `${servers.size} backends of ${[...new Set(wanted.map(({ service, cluster }) => `${service} (${cluster})`))].join(', ')}`,
);

function fail(message) {
  console.error(message);
  process.exit(2);
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true }).filter((name) => /\.(ya?ml|json)$/.test(name));
  return names.map((name) => join(path, name));
}

function documentsIn(file) {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
}

/** The endpoints of a Destination. A server listens on 127.x.y.z only, whatever else the resources say. */
function endpointsOf(document) {
  const { kubeService, externalService } = document?.spec ?? {};
  const named = kubeService === undefined ? outside(externalService) : inCluster(kubeService);
  return named.filter(({ address }) => /^127\./.test(address));
}

function inCluster({ ref, endpointSubsets = [] }) {
  return endpointSubsets.flatMap(({ endpoints = [], ports = [] }) =>
    endpoints.flatMap(({ ipAddress }) =>
      ports.map(({ port }) => ({ service: ref.name, cluster: ref.clusterName ?? '', address: ipAddress, port })),
    ),
  );
}

function outside({ name, endpoints = [], ports: servicePorts = [] } = {}) {
  return endpoints.flatMap(({ address, ports = {} }) =>
    servicePorts.map(({ name: port, number }) => ({
      service: name,
      cluster: '',
      address,
      port: ports[port] ?? number,
    })),
  );
}

async function serve({ service, cluster, address, port }) {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(`${JSON.stringify({ service, cluster, address })}\n`);
  });
  server.on('error', ({ message }) => fail(message));
  server.listen({ host: address, port });
  await once(server, 'listening');
}
