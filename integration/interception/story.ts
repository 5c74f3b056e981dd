/**
 * Runs in a separate network namespace, where iptables redirects all connections of this process to Envoy: to addresses that do not exist, to
 * failover destinations by host header, server name and port, and to servers that Envoy does not know.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Backend } from '../support/services/backend.js';
import { selfSigned } from '../../src/testing/certificate.js';
import { ControlPlane, type ResourceObject } from '../support/processes/control-plane.js';
import { startEnvoyProcess } from '../support/envoys/envoy-process.js';
import { send } from '../support/clients/http-client.js';
import { eventually } from '../support/processes/eventually.js';
import { APP_NAMESPACE } from '../support/services/resources.js';
import { Service, meshes } from '../support/services/service.js';
import { tellApart } from '../support/processes/told-apart.js';
import { StreamBackend } from '../support/services/stream-backend.js';
import { ask, httpRequest } from '../support/clients/stream-client.js';

const run = promisify(execFile);

/** The group of Envoy, so that iptables can distinguish its connections from those of the application. */
const ENVOY_GROUP = 1337;
/** No server listens on this address, so only a redirected connection gets a response. */
const VIRTUAL_ADDRESS = '127.9.9.9';
const [HTTP, TLS, TCP] = [8080, 8443, 5672];
const SITES = ['east', 'west'];
/** Services on the port of the queue, which needs the port for itself without interception. */
const DATABASES = { orders: '10.96.0.7', users: '10.96.0.8' } as const;

const [BINARY = 'envoy'] = process.argv.slice(2);
await tellApart('lifeboat-interception-', tell);

async function tell(scratch: string): Promise<void> {
  await run('ip', ['link', 'set', 'lo', 'up']);
  // Routes to addresses without a server. Only redirected connections get a response.
  for (const prefix of ['240.0.0.0/4', '10.96.0.0/16'])
    await run('ip', ['route', 'add', prefix, 'dev', 'lo', 'src', '127.0.0.1']);
  const certificate = selfSigned('lifeboat');
  const web = await service('web', 'HTTP', (name, address) => Backend.start({ name, address, port: HTTP }));
  const vault = await service('vault', 'TLS', (name, address) =>
    StreamBackend.start({ name, address, port: TLS, certificate }),
  );
  const queue = await service('queue', 'TCP', (name, address) => StreamBackend.start({ name, address, port: TCP }));
  const plane = await ControlPlane.start(
    { directory: join(scratch, 'config'), address: '127.0.0.1' },
    {
      'meshes.yaml': meshes(...SITES),
      'services.yaml': [web, vault, queue].flatMap((each) => each.resources()),
      'databases.yaml': await databases(),
    },
  );
  await startEnvoy(scratch, plane);
  const queueAddress = await addressOf(queue.hostname, plane);
  await run('iptables', [
    '--wait',
    '-t',
    'nat',
    '-A',
    'OUTPUT',
    '-p',
    'tcp',
    '-m',
    'owner',
    '!',
    '--gid-owner',
    `${ENVOY_GROUP}`,
    '-j',
    'REDIRECT',
    '--to-ports',
    '15001',
  ]);

  const all = async (): Promise<readonly string[]> => [
    backendIn(await ask({ address: VIRTUAL_ADDRESS, port: HTTP, say: httpRequest(web.hostname) })),
    await ask({ address: VIRTUAL_ADDRESS, port: TLS, serverName: vault.hostname }),
    await ask({ address: queueAddress, port: TCP }),
  ];
  assert.deepEqual(await all(), ['east', 'east', 'east']);
  await Promise.all([web, vault, queue].map((each) => each.refuse('east')));
  await eventually(async () => (await all()).every((site) => site === 'west'), { what: 'all go to west' });

  for (const [name, address] of Object.entries(DATABASES)) assert.equal(await ask({ address, port: TCP }), name);
  await passesThrough(certificate);
  await assert.rejects(ask({ address: '127.0.0.1', port: 15001 }), 'a connection to the listener itself leads nowhere');
}

/** Each service has a cluster IP and one backend. */
async function databases(): Promise<readonly ResourceObject[]> {
  const resources = Object.entries(DATABASES).map(async ([name, clusterIP], i): Promise<readonly ResourceObject[]> => {
    const { address } = await StreamBackend.start({ name, address: `127.2.0.${i + 1}`, port: TCP });
    const annotations = { 'cluster.solo.io/cluster': 'east' };
    const ports = [{ name: 'tcp', port: TCP }];
    const slice = { addressType: 'IPv4', ports, endpoints: [{ addresses: [address] }] };
    return [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: APP_NAMESPACE, annotations },
        spec: { clusterIP, ports },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name, namespace: APP_NAMESPACE, annotations, labels: { 'kubernetes.io/service-name': name } },
        ...slice,
      },
    ];
  });
  return (await Promise.all(resources)).flat();
}

/** The address of a hostname, as the control plane prints it for hosts files. */
async function addressOf(hostname: string, plane: ControlPlane): Promise<string> {
  const [host = '', port = ''] = new URL(plane.adminUrl).host.split(':');
  const { body } = await send({ address: host, port: Number(port), path: '/api/v1/hostname-addresses?cluster=east' });
  const { items } = JSON.parse(body) as {
    readonly items: readonly { readonly hostname: string; readonly address: string }[];
  };
  return items.find((item) => item.hostname === hostname)?.address ?? '';
}

/** A port without a listener, an unknown address on the port of a TCP service, and an unknown host and server name on known ports. */
async function passesThrough(certificate: ReturnType<typeof selfSigned>): Promise<void> {
  const address = '127.8.8.8';
  await StreamBackend.start({ name: 'unknown', address, port: 7777 });
  await StreamBackend.start({ name: 'unknown', address, port: TCP });
  await Backend.start({ name: 'unknown', address, port: HTTP });
  await StreamBackend.start({ name: 'unknown', address, port: TLS, certificate });
  assert.equal(await ask({ address, port: 7777 }), 'unknown');
  assert.equal(await ask({ address, port: TCP }), 'unknown');
  assert.equal(
    await ask({ address: VIRTUAL_ADDRESS, port: HTTP, serverName: 'unknown.example.com' }).catch(() => 'nobody'),
    'nobody',
  );
  assert.equal(backendIn(await ask({ address, port: HTTP, say: httpRequest('unknown.example.com') })), 'unknown');
  assert.equal(await ask({ address, port: TLS, serverName: 'unknown.example.com' }), 'unknown');
  await assert.rejects(ask({ address, port: 7778 }), 'nobody listens there');
}

/** One backend in each site, named after the site. */
async function service<B extends Backend | StreamBackend>(
  name: string,
  protocol: string,
  start: (name: string, address: string) => Promise<B>,
): Promise<Service<B>> {
  const started = await Promise.all(
    SITES.map(async (site, i) => [site, [await start(site, `127.1.0.${i + 1}`)]] as const),
  );
  return new Service<B>({ name, protocol, sites: Object.fromEntries(started) });
}

async function startEnvoy(scratch: string, plane: ControlPlane): Promise<void> {
  const by = ['setpriv', `--regid=${ENVOY_GROUP}`, '--clear-groups'];
  await startEnvoyProcess({
    binary: BINARY,
    scratch,
    plane,
    id: 'sidecar~redirect',
    cluster: 'east',
    adminPort: 15000,
    metadata: { INTERCEPTION: 'REDIRECT' },
    by,
  });
}

function backendIn(answer: string): string {
  return /^x-backend: (\S+)/m.exec(answer)?.[1] ?? answer;
}
