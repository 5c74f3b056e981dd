/** Asks one Envoy which of many listeners it accepts. They come from a file; the admin address shows the result. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envoyBinary } from '../../../envoy/binary.js';
import { runProgram } from '../processes/child-process.js';
import { eventually } from '../processes/eventually.js';
import { send } from '../clients/http-client.js';

const PREFIX = 'type.googleapis.com/envoy';

/** Makes a listener for each route configuration. Returns Envoy's error messages, by the index of the rejected listener. */
export async function rejectedListeners(routes: readonly object[]): Promise<ReadonlyMap<number, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-listeners-'));
  const [resources, bootstrap, admin] = ['lds.json', 'bootstrap.json', 'admin'].map((name) =>
    join(directory, name),
  ) as [string, string, string];
  await writeFile(resources, JSON.stringify({ resources: routes.map(toListener) }));
  await writeFile(bootstrap, JSON.stringify(toBootstrap(resources)));
  const flags = [
    '-c',
    bootstrap,
    '--use-dynamic-base-id',
    '--concurrency',
    '1',
    '--admin-address-path',
    admin,
    '--log-level',
    'error',
  ];
  const envoy = runProgram(await envoyBinary(), flags);
  try {
    const judged = await eventually(
      async () => {
        const listeners = await dumpedListeners((await readFile(admin, 'utf8')).trim());
        return listeners.length === routes.length && listeners;
      },
      { what: `Envoy has judged ${String(routes.length)} listeners` },
    );
    return new Map(
      judged.flatMap(({ name, error_state: error }) => (error === undefined ? [] : [[Number(name), error.details]])),
    );
  } finally {
    await envoy.stop();
    await rm(directory, { recursive: true });
  }
}

interface DumpedListener {
  readonly name?: string;
  readonly error_state?: { readonly details: string };
}

/** A rejected listener is listed a second time, without its name. */
async function dumpedListeners(admin: string): Promise<readonly DumpedListener[]> {
  const [address = '', port = ''] = admin.split(':');
  const { body } = await send({ address, port: Number(port), path: '/config_dump?resource=dynamic_listeners' });
  return (
    (JSON.parse(body) as { readonly configs?: readonly DumpedListener[] }).configs?.filter(
      ({ name }) => name !== undefined,
    ) ?? []
  );
}

function toBootstrap(path: string): object {
  return {
    node: { id: 'judge', cluster: 'judge' },
    admin: { address: { socketAddress: { address: '127.0.0.1', portValue: 0 } } },
    dynamicResources: { ldsConfig: { resourceApiVersion: 'V3', pathConfigSource: { path } } },
  };
}

/** The listener binds no port. */
function toListener(routeConfig: object, index: number): object {
  const filters = `${PREFIX}.extensions.filters`;
  const router = { name: 'envoy.filters.http.router', typedConfig: { '@type': `${filters}.http.router.v3.Router` } };
  const manager = `${filters}.network.http_connection_manager.v3.HttpConnectionManager`;
  const typedConfig = { '@type': manager, statPrefix: 'judged', routeConfig, httpFilters: [router] };
  return {
    '@type': `${PREFIX}.config.listener.v3.Listener`,
    name: String(index),
    bindToPort: false,
    address: { socketAddress: { address: '127.0.0.1', portValue: 1 + index } },
    filterChains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typedConfig }] }],
  };
}
