/**
 * Measures the cost of the guard in a cold start. Run by hand: `node dist/bench/guard/main.js [services] [ROLE]`. Loads a world, encodes all
 * resources of one client, and then checks the virtual hosts, listeners and addresses again. In CPU milliseconds of this process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCore } from '../../src/control-plane/inputs/core.js';
import { createProvider } from '../../src/control-plane/views/provider.js';
import { toNode } from '../../src/control-plane/snapshots/snapshot.js';
import { resourceTypes, typeUrls } from '../../src/control-plane/views/resource-types.js';
import { rejectionOf } from '../../src/guard/index.js';
import { readFiles } from '../../src/source/index.js';
import type { Collection, EncodedResource } from '../../src/xds/index.js';
import { configDirectory, writeWorld } from '../world/directory.js';

const SERVICES = Number(process.argv[2] ?? 5000);
const ROLE = process.argv[3] ?? 'sidecar';

class Held implements Collection {
  readonly typeUrl: string;
  readonly view: string;
  readonly resources = new Map<string, EncodedResource>();

  constructor(typeUrl: string, view: string) {
    this.typeUrl = typeUrl;
    this.view = view;
  }

  set(resource: EncodedResource): void {
    this.resources.set(resource.name, resource);
  }

  delete(name: string): void {
    this.resources.delete(name);
  }

  get(name: string): EncodedResource | undefined {
    return this.resources.get(name);
  }

  names(): Iterable<string> {
    return this.resources.keys();
  }
}

function coldStart(directory: string): Readonly<Record<keyof typeof typeUrls, Held>> {
  const core = createCore();
  core.take({ upserts: readFiles([configDirectory(directory)]).resources, deletes: [] });
  const provider = createProvider(core.graph, core.model, core.envoy);
  const node = toNode({
    nodeId: 'bench',
    region: 'region-1',
    cluster: 'site-1',
    metadata: { ROLE, NAMESPACE: 'bench' },
  });
  const held = (type: keyof typeof typeUrls, names: Iterable<string> = []): Held => {
    const collection = new Held(typeUrls[type], provider.viewOf(node, typeUrls[type]));
    const opened = provider.open(collection);
    for (const name of names) opened?.want?.(name);
    return collection;
  };
  const [cluster, listener] = [held('cluster'), held('listener')];
  const ports = [...listener.names()].map((name) => name.slice(name.lastIndexOf('_') + 1));
  return { cluster, listener, route: held('route', ports), endpoint: held('endpoint', cluster.names()) };
}

function checkAgain(all: Readonly<Record<keyof typeof typeUrls, Held>>): number {
  let bytes = 0;
  for (const type of ['listener', 'route'] as const) {
    for (const { value } of all[type].resources.values()) {
      bytes += value.length;
      if (rejectionOf(resourceTypes[type], value) !== undefined) throw new Error(`a ${type} is rejected`);
    }
  }
  for (let i = 0; i < 6 * SERVICES; i += 1) if (isIP(`127.0.${i & 255}.1`) === 0) throw new Error('no address');
  return bytes;
}

function cpuOf<Value>(work: () => Value): readonly [number, Value] {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1000, value];
}

const DIRECTORY = mkdtempSync(join(tmpdir(), 'lifeboat-guard-'));
try {
  writeWorld(DIRECTORY, SERVICES);
  const [cold, all] = cpuOf(() => coldStart(DIRECTORY));
  const counts = Object.entries(all).map(([type, { resources }]) => `${resources.size} ${type}`);
  const [first, bytes] = cpuOf(() => checkAgain(all));
  const rounds = Array.from({ length: 5 }, () => cpuOf(() => checkAgain(all))[0]).sort((a, b) => a - b);
  const warm = rounds[2] ?? 0;
  console.log(`${SERVICES} services, ${counts.join(', ')}, ${bytes} bytes checked`);
  console.log(
    `cold start ${cold.toFixed(0)} ms, guard ${first.toFixed(0)} ms at first, ${warm.toFixed(0)} ms warm: ${((100 * warm) / cold).toFixed(1)} %`,
  );
} finally {
  rmSync(DIRECTORY, { recursive: true });
}
