/** What becomes of a catch-all virtual host, and of hosts with ports, beside virtual hosts on demand. */
import { clusterName, hostname } from '../world/names.js';
import { freePort } from '../../integration/support/processes/addresses.js';
import { RunningEnvoy } from './envoy.js';
import { Plane } from './plane.js';
import { Client } from './requests.js';

export interface Check {
  readonly what: string;
  readonly found: string;
}

const HOSTS = 20;

export async function checks(backendPort: number): Promise<readonly Check[]> {
  const star = await withBeside('*', backendPort, async (client, plane) => {
    const { status } = await client.get(hostname(1));
    return `${String(status)}, virtual hosts asked for: ${String(plane.sent.hosts)}`;
  });
  const wild = await withBeside('*.example', backendPort, async (client, plane) => {
    const [inside, outside] = [await client.get('any.example'), await client.get(hostname(1))];
    return `${String(inside.status)} and ${String(outside.status)}, asked for: ${String(plane.sent.hosts)}`;
  });
  const port = await withBeside('*.example', backendPort, async (client, plane) => {
    const header = [`${hostname(1)}:8080`, hostname(1), hostname(1).toUpperCase(), `${hostname(1)}.`];
    const answers = await Promise.all(header.map((host) => client.get(host, 3_000)));
    return `${answers.map(({ status }) => String(status)).join(', ')}, asked for: ${String(plane.sent.hosts)}`;
  });
  return [
    { what: 'virtual host `*` in the route configuration: request to a host on demand', found: star },
    { what: '`*.example` in the route configuration: requests to `any.example` and to a host on demand', found: wild },
    { what: 'host header with a port, without, in capitals, with a final dot, at the same time', found: port },
  ];
}

async function withBeside(
  domain: string,
  backendPort: number,
  check: (client: Client, plane: Plane) => Promise<string>,
): Promise<string> {
  const listenerPort = await freePort();
  const beside = [
    { name: 'beside', domains: [domain], routes: [{ match: { prefix: '/' }, route: { cluster: clusterName(0) } }] },
  ];
  const plane = new Plane({ way: 'vhds', hosts: HOSTS, clusters: HOSTS, listenerPort, backendPort, beside });
  await plane.start();
  const envoy = await RunningEnvoy.start(plane.port);
  const client = new Client(listenerPort);
  try {
    return await check(client, plane);
  } finally {
    client.close();
    await envoy.stop();
    await plane.stop();
  }
}
