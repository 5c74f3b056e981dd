/** A client without a network: stores the resources of its views, and counts what it would be sent. */
import { compareText } from '../api/resource.js';
import type { SnapshotQuery } from '../control-plane/api/api.js';
import type { Core } from '../control-plane/inputs/core.js';
import { type ProviderOptions, createProvider } from '../control-plane/views/provider.js';
import { toNode } from '../control-plane/snapshots/snapshot.js';
import { membersOf } from '../control-plane/snapshots/grpc-snapshot.js';
import { typeUrls } from '../control-plane/views/resource-types.js';
import type { Collection, EncodedResource, OpenCollection } from '../xds/index.js';

export type ShortType = keyof typeof typeUrls;

export interface Watcher {
  /** Version by name, for each type. */
  versions(): Readonly<Record<ShortType, Readonly<Record<string, string>>>>;
  /** Names that were set to another version, or removed (`-name`), since the last call. */
  takeChanges(): Readonly<Partial<Record<ShortType, readonly string[]>>>;
  close(): void;
}

class HeldCollection implements Collection {
  readonly typeUrl: string;
  readonly view: string;
  readonly resources = new Map<string, EncodedResource>();
  changes = new Set<string>();

  constructor(typeUrl: string, view: string) {
    this.typeUrl = typeUrl;
    this.view = view;
  }

  set(resource: EncodedResource): void {
    if (this.resources.get(resource.name)?.version === resource.version) return;
    this.resources.set(resource.name, resource);
    this.changes.add(resource.name);
  }

  delete(name: string): void {
    if (this.resources.delete(name)) this.changes.add(`-${name}`);
  }

  get(name: string): EncodedResource | undefined {
    return this.resources.get(name);
  }

  names(): Iterable<string> {
    return this.resources.keys();
  }
}

/**
 * Subscribes as Envoy does: to all clusters and listeners, and to the load assignments and routes that they name. A gRPC client subscribes to
 * its targets, and to the clusters that they name.
 */
export function watch({ graph, model, envoy }: Core, query: SnapshotQuery, options: ProviderOptions = {}): Watcher {
  const provider = createProvider(graph, model, envoy, options);
  const node = toNode(query);
  const open = (type: ShortType): { held: HeldCollection; opened: OpenCollection | undefined } => {
    const typeUrl = typeUrls[type];
    const held = new HeldCollection(typeUrl, provider.viewOf(node, typeUrl));
    return { held, opened: provider.open(held) };
  };
  const types = {
    cluster: open('cluster'),
    endpoint: open('endpoint'),
    listener: open('listener'),
    route: open('route'),
  };
  const follow = (): void => {
    for (const name of query.targets ?? []) types.listener.opened?.want?.(name);
    for (const { clusters } of types.listener.held.resources.values())
      for (const name of clusters) types.cluster.opened?.want?.(name);
    if (query.targets)
      for (const { value } of [...types.cluster.held.resources.values()])
        for (const name of membersOf(value)) types.cluster.opened?.want?.(name);
    for (const name of types.cluster.held.names()) types.endpoint.opened?.want?.(name);
    if (query.targets) return;
    for (const name of types.listener.held.names()) types.route.opened?.want?.(name.slice(name.lastIndexOf('_') + 1));
  };
  follow();
  return {
    versions: () => {
      follow();
      return mapTypes(types, ({ held }) => versionsIn(held));
    },
    takeChanges: () => {
      follow();
      const changed = Object.entries(mapTypes(types, ({ held }) => takeAll(held))).filter(
        ([, names]) => names.length > 0,
      );
      return Object.fromEntries(changed);
    },
    close: () => {
      for (const { opened } of Object.values(types)) opened?.close();
    },
  };
}

function mapTypes<From, To>(types: Readonly<Record<ShortType, From>>, map: (from: From) => To): Record<ShortType, To> {
  return {
    cluster: map(types.cluster),
    endpoint: map(types.endpoint),
    listener: map(types.listener),
    route: map(types.route),
  };
}

function versionsIn({ resources }: HeldCollection): Readonly<Record<string, string>> {
  const versions = [...resources.values()].map(({ name, version }) => [name, version] as const);
  return Object.fromEntries(versions.sort(([a], [b]) => compareText(a, b)));
}

function takeAll(held: HeldCollection): readonly string[] {
  const names = [...held.changes].sort();
  held.changes = new Set();
  return names;
}
