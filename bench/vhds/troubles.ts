/**
 * What goes wrong if virtual hosts on demand are resources like others, all in a store: Envoy waits for a first answer, requests to hosts that do
 * not exist wait for ever, and an Envoy that comes back names `*` and may get all virtual hosts.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ResourceStore, XdsServer } from '../../src/xds/index.js';
import { hostname } from '../world/names.js';
import type { Check } from './checks.js';
import { freePort } from '../../integration/support/processes/addresses.js';
import { RunningEnvoy } from './envoy.js';
import { HOST_TYPE, ROUTES_NAME, cluster, hostOnDemand, listener, routes, virtualHost } from './messages.js';
import { Client } from './requests.js';

const HOSTS = 1_000;
const LIMIT_MS = 3_000;

export async function troubles(backendPort: number): Promise<readonly Check[]> {
  const listenerPort = await freePort();
  const store = new ResourceStore();
  store.put(cluster(0, backendPort));
  store.put(listener(listenerPort, 'vhds'));
  store.put(routes('vhds', [], {}));
  for (let index = 0; index < HOSTS; index += 1)
    store.put(hostOnDemand(`${ROUTES_NAME}/${hostname(index)}`, virtualHost(index)));
  let sent = 0;
  const serve = async (port: number): Promise<{ readonly server: XdsServer; readonly port: number }> => {
    const server = new XdsServer({
      provider: store,
      events: { sent: (_, type, { resources }) => void (sent += type === HOST_TYPE ? resources : 0) },
    });
    return { server, port: (await server.listen(`127.0.0.1:${String(port)}`, { transport: 'http2' })).port };
  };
  const before = await serve(0);
  const began = performance.now();
  const envoy = await RunningEnvoy.start(before.port);
  const startMs = performance.now() - began;
  const client = new Client(listenerPort);
  try {
    await client.get(hostname(0));
    const missing = await client.get('missing.global', LIMIT_MS);
    await before.server.drain(0);
    sent = 0;
    const after = await serve(before.port);
    await client.get(hostname(1), 20_000);
    await delay(1_000);
    await after.server.drain(0);
    return [
      { what: 'no `initial_fetch_timeout`: Envoy listens after', found: `${startMs.toFixed(0)} ms` },
      {
        what: `no virtual host for it: answer within ${String(LIMIT_MS)} ms`,
        found: missing.status === 0 ? 'none' : String(missing.status),
      },
      {
        what: `control plane back, ${String(HOSTS)} hosts in the store, 3 asked for: virtual hosts sent`,
        found: String(sent),
      },
    ];
  } finally {
    client.close();
    await envoy.stop();
  }
}
