/**
 * Runs in a separate network namespace. iptables drops the packets of the first tier of every service, so no connection is refused or reset, as
 * when a node loses its power.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Backend } from '../support/services/backend.js';
import { ControlPlane } from '../support/processes/control-plane.js';
import { startEchoBackend } from '../support/services/echo-backend.js';
import { startEnvoyProcess } from '../support/envoys/envoy-process.js';
import { eventually } from '../support/processes/eventually.js';
import { OpenConnection } from '../support/clients/open-connection.js';
import { Service, type Switchable, meshes } from '../support/services/service.js';
import { tellApart } from '../support/processes/told-apart.js';
import { Traffic } from '../support/clients/traffic.js';

const run = promisify(execFile);

const SITES = ['east', 'west'];
/** The port of each service. */
const [HTTP1, HTTP2, TCP] = [8080, 8081, 5672];
const [SIDECAR, GATEWAY] = ['127.9.0.1', '127.9.0.2'];
/** Shorter than the default, so that the test is fast. */
const TCP_USER_TIMEOUT = '1.5s';

const [BINARY = 'envoy'] = process.argv.slice(2);
await tellApart('lifeboat-vanished-', tell);

async function tell(scratch: string): Promise<void> {
  await run('ip', ['link', 'set', 'lo', 'up']);
  const web = await service('web', 'HTTP', (name, address) => Backend.start({ name, address, port: HTTP1 }));
  const api = await service('api', 'HTTP2', (name, address) =>
    Backend.start({ name, address, port: HTTP2, protocol: 'http2' }),
  );
  const queue = await service('queue', 'TCP', (name, address) => startEchoBackend(name, address, TCP));
  const plane = await ControlPlane.start(
    { directory: join(scratch, 'config'), address: '127.0.0.1' },
    { 'meshes.yaml': meshes(...SITES), 'services.yaml': [web, api, queue].flatMap((each) => each.resources()) },
  );
  const envoy = { binary: BINARY, scratch, plane, cluster: 'east' };
  await startEnvoyProcess({
    ...envoy,
    id: 'sidecar',
    adminPort: 15000,
    metadata: { LISTEN_ADDRESS: SIDECAR, TCP_USER_TIMEOUT },
  });
  await startEnvoyProcess({
    ...envoy,
    id: 'gateway',
    adminPort: 15001,
    metadata: { LISTEN_ADDRESS: GATEWAY, ROLE: 'gateway', TCP_USER_TIMEOUT },
  });

  const flows = [
    new Traffic({ address: SIDECAR, port: HTTP1, host: web.hostname, concurrency: 8, pause: 5 }),
    new Traffic({ address: SIDECAR, port: HTTP2, host: api.hostname, concurrency: 8, pause: 5 }),
    new Traffic({ address: GATEWAY, port: HTTP1, host: web.hostname, concurrency: 8, pause: 5 }),
  ];
  for (const flow of flows) await flow.settlesOn(['east-1', 'east-2']);
  const established = await OpenConnection.open(SIDECAR, TCP);
  assert.match(await established.say('hello'), /^east/);

  await vanish(['127.1.0.1', '127.1.0.2'], () => flows.reduce((sum, flow) => sum + flow.answered(), 0));
  const ended = established.ends('are you there?');
  for (const flow of flows) await flow.settlesOn(['west-1', 'west-2'], 100, { timeout: 30_000 });
  await eventually(ended, { what: 'the connection under way is given up', timeout: 30_000 });
  for (const flow of flows) assert.deepEqual((await flow.stop()).failures, []);
  for (let i = 0; i < 10; i++) assert.match(await (await OpenConnection.open(SIDECAR, TCP)).say('hello'), /^west/);
}

/**
 * From now on, packets to and from these addresses are dropped. First only those to them, until `answered` stays the same, because Envoy cannot
 * retry after a response has begun.
 */
async function vanish(addresses: readonly string[], answered: () => number): Promise<void> {
  const drop = async (direction: '-d' | '-s'): Promise<void> => {
    for (const address of addresses) await run('iptables', ['--wait', '-A', 'INPUT', direction, address, '-j', 'DROP']);
  };
  await drop('-d');
  let [before, equal] = [NaN, 0];
  await eventually(
    () => {
      const now = answered();
      equal = now === before ? equal + 1 : 0;
      before = now;
      // More than once: if this process had no CPU for a while, there are answers that it has not read yet.
      return equal === 3;
    },
    { what: 'no answer comes any more', interval: 100 },
  );
  await drop('-s');
}

/** Two backends in each site, named after the site. */
async function service<B extends Switchable>(
  name: string,
  protocol: string,
  start: (name: string, address: string) => Promise<B>,
): Promise<Service<B>> {
  const backends = (site: string, i: number): Promise<B[]> =>
    Promise.all([1, 2].map((number) => start(`${site}-${number}`, `127.1.${i}.${number}`)));
  const sites = Object.fromEntries(
    await Promise.all(SITES.map(async (site, i) => [site, await backends(site, i)] as const)),
  );
  return new Service<B>({ name, protocol, sites });
}
