/**
 * Runs in a network namespace of its own, where everything that this process connects to goes through Envoy: by addresses that
 * are Envoy's only in name, to failover destinations by Host, server name and port, and to servers that nobody told Envoy about.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bootstrap, envoyArguments } from '../../envoy/bootstrap.js';
import { Backend } from '../support/backend.js';
import { selfSigned } from '../support/certificate.js';
import { runProgram } from '../support/child-process.js';
import { ControlPlane } from '../support/control-plane.js';
import { EnvoyAdmin } from '../support/envoy-admin.js';
import { eventually } from '../support/eventually.js';
import { Service, meshes } from '../support/service.js';
import { exitOnSignals } from '../support/signals.js';
import { StreamBackend } from '../support/stream-backend.js';
import { ask, httpRequest } from '../support/stream-client.js';

const run = promisify(execFile);

/** What Envoy runs as, so that iptables can tell its connections from the application's. */
const ENVOY_GROUP = 1337;
/** Nobody listens there: only a connection that is redirected gets anywhere. */
const VIRTUAL_ADDRESS = '127.9.9.9';
const [HTTP, TLS, TCP] = [8080, 8443, 5672];
const SITES = ['east', 'west'];

exitOnSignals();
const [binary = 'envoy'] = process.argv.slice(2);
const directory = await mkdtemp(join(tmpdir(), 'lifeboat-interception-'));
try {
  await tell(directory);
} finally {
  await rm(directory, { recursive: true, force: true });
}
process.exit(0);

async function tell(scratch: string): Promise<void> {
  await run('ip', ['link', 'set', 'lo', 'up']);
  const certificate = await selfSigned();
  const web = await service('web', 'HTTP', (name, address) => Backend.start({ name, address, port: HTTP }));
  const vault = await service('vault', 'TLS', (name, address) => StreamBackend.start({ name, address, port: TLS, certificate }));
  const queue = await service('queue', 'TCP', (name, address) => StreamBackend.start({ name, address, port: TCP }));
  const plane = await ControlPlane.start(
    { directory: join(scratch, 'config'), address: '127.0.0.1' },
    { 'meshes.yaml': meshes(...SITES), 'services.yaml': [web, vault, queue].flatMap((each) => each.resources()) },
  );
  await startEnvoy(scratch, plane);
  await run('iptables', ['-t', 'nat', '-A', 'OUTPUT', '-p', 'tcp', '-m', 'owner', '!', '--gid-owner', `${ENVOY_GROUP}`, '-j', 'REDIRECT', '--to-ports', '15001']);

  const all = async (): Promise<readonly string[]> => [
    backendIn(await ask({ address: VIRTUAL_ADDRESS, port: HTTP, say: httpRequest(web.hostname) })),
    await ask({ address: VIRTUAL_ADDRESS, port: TLS, serverName: vault.hostname }),
    await ask({ address: VIRTUAL_ADDRESS, port: TCP }),
  ];
  assert.deepEqual(await all(), ['east', 'east', 'east']);
  await Promise.all([web, vault, queue].map((each) => each.refuse('east')));
  await eventually(async () => (await all()).every((site) => site === 'west'), { what: 'all go to west' });

  await passesThrough(certificate);
  await assert.rejects(ask({ address: '127.0.0.1', port: 15001 }), 'a connection to the listener itself leads nowhere');
}

/** A port without a listener, and an unknown Host and server name on ports that have one. */
async function passesThrough(certificate: Awaited<ReturnType<typeof selfSigned>>): Promise<void> {
  const address = '127.8.8.8';
  await StreamBackend.start({ name: 'unknown', address, port: 7777 });
  await Backend.start({ name: 'unknown', address, port: HTTP });
  await StreamBackend.start({ name: 'unknown', address, port: TLS, certificate });
  assert.equal(await ask({ address, port: 7777 }), 'unknown');
  assert.equal(backendIn(await ask({ address, port: HTTP, say: httpRequest('unknown.example.com') })), 'unknown');
  assert.equal(await ask({ address, port: TLS, serverName: 'unknown.example.com' }), 'unknown');
  await assert.rejects(ask({ address, port: 7778 }), 'nobody listens there');
}

/** A backend in each site, named after it. */
async function service<B extends Backend | StreamBackend>(name: string, protocol: string, start: (name: string, address: string) => Promise<B>): Promise<Service<B>> {
  const started = await Promise.all(SITES.map(async (site, i) => [site, [await start(site, `127.1.0.${i + 1}`)]] as const));
  return new Service<B>({ name, protocol, sites: Object.fromEntries(started) });
}

async function startEnvoy(scratch: string, plane: ControlPlane): Promise<void> {
  const admin = { address: '127.0.0.1', port: 15000 };
  const id = 'sidecar~redirect';
  const node = { id, cluster: 'east', locality: { region: 'east' }, metadata: { CLUSTER_ID: 'east', INTERCEPTION: 'REDIRECT' } };
  const file = join(scratch, 'envoy.json');
  await writeFile(file, JSON.stringify(bootstrap({ node, xds: plane.xds, admin })));
  const program = runProgram('setpriv', [`--regid=${ENVOY_GROUP}`, '--clear-groups', binary, ...envoyArguments(file)]);
  const up = await eventually(async () => program.ended() ?? (await new EnvoyAdmin(admin).ready()), { what: 'Envoy is ready' });
  assert.equal(up, true, program.output.slice(-10).join('\n'));
  await plane.synced(id);
}

function backendIn(answer: string): string {
  return /^x-backend: (\S+)/m.exec(answer)?.[1] ?? answer;
}
