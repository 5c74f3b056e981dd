/** One real Envoy with the incremental protocol, its memory and its CPU time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { envoyBinary } from '../../envoy/binary.js';
import { freePort } from '../../integration/support/processes/addresses.js';
import { bootstrap, envoyArguments } from '../../envoy/bootstrap.js';
import { type Child, start } from '../machine/child.js';
import { usageOf } from '../machine/process-usage.js';

/** Longer than the 15 s that Envoy waits for a type by default. */
const READY_MS = 60_000;

export class RunningEnvoy {
  readonly #child: Child;
  readonly #admin: string;
  readonly #directory: string;

  private constructor(child: Child, admin: string, directory: string) {
    this.#child = child;
    this.#admin = admin;
    this.#directory = directory;
  }

  /** Resolves when it listens. */
  static async start(xdsPort: number): Promise<RunningEnvoy> {
    const directory = mkdtempSync(join(tmpdir(), 'lifeboat-vhds-'));
    const file = join(directory, 'bootstrap.json');
    const admin = { address: '127.0.0.1', port: await freePort() };
    const node = { id: 'bench', cluster: 'bench', locality: { region: 'region-0' }, metadata: {} };
    const xds = { address: '127.0.0.1', port: xdsPort };
    writeFileSync(file, JSON.stringify(bootstrap({ node, xds, admin, adsMode: 'DELTA_GRPC' })));
    const child = start([await envoyBinary(), ...envoyArguments(file)], undefined);
    const envoy = new RunningEnvoy(child, `http://${admin.address}:${String(admin.port)}`, directory);
    const deadline = performance.now() + READY_MS;
    while (!(await envoy.#live())) {
      if (performance.now() > deadline) throw new Error(`Envoy is not ready: ${child.errors()}`);
      await delay(5);
    }
    return envoy;
  }

  async stop(): Promise<void> {
    await this.#child.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Bytes that it has allocated. */
  async memory(): Promise<number> {
    return Number((JSON.parse(await this.#get('/memory')) as { readonly allocated: string }).allocated);
  }

  cpuSeconds(): number {
    return usageOf([this.#child.pid]).cpuSeconds;
  }

  /** The number of virtual hosts that it holds. */
  async hosts(): Promise<number> {
    const dump = JSON.parse(await this.#get('/config_dump?resource=dynamic_route_configs')) as {
      readonly configs?: readonly { readonly route_config?: { readonly virtual_hosts?: readonly unknown[] } }[];
    };
    return dump.configs?.[0]?.route_config?.virtual_hosts?.length ?? 0;
  }

  async #live(): Promise<boolean> {
    return this.#get('/ready').then(
      (state) => state.startsWith('LIVE'),
      () => false,
    );
  }

  async #get(path: string): Promise<string> {
    return (await fetch(`${this.#admin}${path}`)).text();
  }
}
